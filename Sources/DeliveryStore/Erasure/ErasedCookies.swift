public import CustomerRecords
import Foundation

/// Cookies whose records are erased.
public struct ErasedCookies: Sendable {
    /// The cookies of the people, as they were delivered.
    public let cookies: Set<String>
    private let words: Set<[UInt8]>
    private let lengths: Set<Int>
    /// Those that contain separators, so that they can't be found as whole words.
    private let others: [[UInt8]]

    /// In text that is not made of fields a shorter one can't be told from a number or a word.
    public static let shortestInText = 6
    /// What stands where a cookie stood.
    public static let replacement = "erased"

    public init(_ cookies: some Sequence<String>) {
        self.cookies = Set(cookies)
        let all = self.cookies.map { Array($0.utf8) }
        words = Set(all.filter { !$0.contains(where: Self.isSeparator) })
        // JSON writes a slash with a backslash before it.
        let escaped = self.cookies.filter { $0.contains("/") }.map { Array($0.replacing("/", with: "\\/").utf8) }
        others = all.filter { $0.contains(where: Self.isSeparator) } + escaped
        lengths = Set(words.map(\.count))
    }

    /// Under what they may stand in a list, with any banner.
    public func deliveryKeys(_ secret: DeliverySecret) -> [DeliveryKey] {
        cookies.flatMap { DeliveryKey.all(of: $0, secret: secret) }
    }

    /// Whether a cookie is one of theirs.
    public func contains(_ cookie: String) -> Bool { cookies.contains(cookie) }

    /// Whether a record is theirs: by its cookie, or by what stands anywhere in its text. Short ones are looked for as a
    /// cookie only, as long as it is known what that is.
    public func isTheirs(cookie: String, raw: String) -> Bool {
        contains(cookie)
            || !places(in: Array(raw.utf8), shortest: cookie.isEmpty ? 1 : Self.shortestInText).isEmpty
    }

    /// Whether one of them stands in a record's text as a field or a word.
    public func isFound(in text: String) -> Bool { !places(in: Array(text.utf8)).isEmpty }

    /// Where they stand as fields or words.
    /// - Parameter shortest: those with fewer bytes are left out.
    public func places(in bytes: [UInt8], shortest: Int = 1) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        for end in 0...bytes.count where end == bytes.count || Self.isSeparator(bytes[end]) {
            if end > start, let place = place(in: bytes, start..<end), place.count >= shortest { found.append(place) }
            start = end + 1
        }
        for cookie in others where cookie.count >= shortest {
            var from = 0
            while let place = Self.first(cookie, in: bytes, from: from) {
                found.append(place)
                from = place.upperBound
            }
        }
        return found.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Text without them.
    /// - Returns: `nil` when none of them stands in it.
    public func removed(from text: String) -> String? {
        let bytes = Array(text.utf8)
        let found = places(in: bytes, shortest: Self.shortestInText)
        guard !found.isEmpty else { return nil }
        var result: [UInt8] = []
        var last = 0
        for place in found where place.lowerBound >= last {
            result += bytes[last..<place.lowerBound] + Array(Self.replacement.utf8)
            last = place.upperBound
        }
        return String(decoding: result + bytes[last...], as: UTF8.self)
    }

    /// As `removed(from:)`, of an answer that names its record: `Record C sent to ShowAPI.`
    public func removed(fromAnswer text: String) -> String? {
        guard let start = text.range(of: "Record ")?.upperBound,
            let end = text[start...].firstIndex(of: " "),
            cookies.contains(String(text[start..<end]).replacing("\\/", with: "/"))
        else { return removed(from: text) }
        return text[..<start] + Self.replacement + text[end...]
    }

    /// A word, perhaps with punctuation around it.
    private func place(in bytes: [UInt8], _ word: Range<Int>) -> Range<Int>? {
        if isErased(bytes, word) { return word }
        var word = word
        while let last = word.last, Self.closing.contains(bytes[last]) {
            word = word.lowerBound..<last
            if isErased(bytes, word) { return word }
        }
        while let first = word.first, Self.opening.contains(bytes[first]) {
            word = first + 1..<word.upperBound
            if isErased(bytes, word) { return word }
        }
        return nil
    }

    private func isErased(_ bytes: [UInt8], _ word: Range<Int>) -> Bool {
        lengths.contains(word.count) && words.contains(Array(bytes[word]))
    }

    private static let closing = Set(".:!?)]}>".utf8)
    private static let opening = Set("([{<:=".utf8)
    private static let separators = Set(",;|\"'\\".utf8)

    private static func isSeparator(_ byte: UInt8) -> Bool { byte <= 0x20 || separators.contains(byte) }

    static func first(_ word: [UInt8], in bytes: [UInt8], from start: Int) -> Range<Int>? {
        guard let head = word.first, bytes.count >= start + word.count else { return nil }
        for place in start...(bytes.count - word.count)
        where bytes[place] == head && bytes[place..<place + word.count].elementsEqual(word) {
            return place..<place + word.count
        }
        return nil
    }
}
