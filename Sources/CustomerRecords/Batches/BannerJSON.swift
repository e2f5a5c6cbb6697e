/// How records are written as JSON for the ShowAds API.
enum BannerJSON {
    static let bulkStart: StaticString = #"{"Data":["#
    static let bulkEnd: StaticString = "]}"
    static let itemStart: StaticString = #"{"VisitorCookie":""#
    static let itemMiddle: StaticString = #"","BannerId":"#
    static let itemEnd: StaticString = "},"

    /// Appends an item with the comma behind it. A cookie has no controls, so only quotes and backslashes need escapes.
    static func append(cookie: FieldRange, of bytes: borrowing RawSpan, bannerID: Int, to item: inout [UInt8]) {
        append(itemStart, to: &item)
        let quote = ByteVector(repeating: .quote)
        let backslash = ByteVector(repeating: .backslash)
        var start = cookie.start
        while start < cookie.end {
            let special = bytes.first(in: start..<cookie.end) { $0.equals(quote) | $0.equals(backslash) }
            item.append(bytes, start..<special)
            if special < cookie.end { item += [.backslash, bytes[special]] }
            start = special + 1
        }
        append(itemMiddle, to: &item)
        if bannerID >= 10 { item.append(.zero + UInt8(bannerID / 10)) }
        item.append(.zero + UInt8(bannerID % 10))
        append(itemEnd, to: &item)
    }

    private static func append(_ text: StaticString, to item: inout [UInt8]) {
        text.withUTF8Buffer { item.append(contentsOf: $0) }
    }
}
