import ArgumentParser
import DeliveryModel
import DeliveryStore
import Foundation

#if PostgreSQL
import SharedJournal
#endif

/// Where the journal is: in the state directory, or in a database that several nodes share.
struct JournalSettings: Sendable {
    var node: String
    var lease: Duration
    /// Files of operators up to so many bytes are copied into the shared journal.
    var shareLimit: Int
    var isShared: Bool

    #if PostgreSQL
    var address: JournalAddress?
    #endif

    init(_ layers: SettingLayers) throws {
        let given = try layers.first(of: [.journalFile, .journal])
        isShared = given != nil
        node = try Self.name(layers) ?? RunOwner.current.node
        lease =
            try layers.parse(.lease, "a duration between 5s and 5m") { text in
                Duration(argument: text).flatMap {
                    (Duration.seconds(5)...Duration.seconds(300)).contains($0) ? $0 : nil
                }
            } ?? .seconds(15)
        shareLimit =
            try layers.parse(.shareLimit, "a size such as 500M or 2G, or 0 for none") { text in
                text == "0" ? 0 : Settings.bytes(text)
            } ?? 1 << 30
        guard let given else {
            for name in [SettingName.node, .lease, .shareLimit] {
                if let (_, place) = try layers.text(name) {
                    throw ValidationError("\(place) has no effect without a shared journal. Add --journal.")
                }
            }
            return
        }
        #if PostgreSQL
        do throws(DeliveryError) {
            address = try JournalAddress(
                try Self.url(given.name, given.value, given.place), mayHoldPassword: given.name == .journalFile)
        } catch {
            throw ValidationError("\(given.place): \(error.message)")
        }
        #else
        throw ValidationError(
            "\(given.place): this program was built without PostgreSQL. Build it with "
                + "`swift build --traits PostgreSQL`, which needs libpq.")
        #endif
    }

    private static func name(_ layers: SettingLayers) throws -> String? {
        try layers.parse(.node, "a name of 1 to 63 letters, digits, dots, hyphens or underscores") { text in
            let isName = text.utf8.allSatisfy { byte in
                (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
                    || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || "._-".utf8.contains(byte)
            }
            return isName && (1...63).contains(text.utf8.count) ? text : nil
        }
    }

    private static func url(_ name: SettingName, _ value: String, _ place: String) throws(DeliveryError) -> String {
        guard name == .journalFile else { return value }
        guard let data = FileManager.default.contents(atPath: value) else {
            throw DeliveryError(.configuration, "\(value) can't be read.")
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
