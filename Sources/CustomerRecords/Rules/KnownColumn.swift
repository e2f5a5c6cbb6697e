/// The columns that a header is searched for.
public enum KnownColumn: String, CaseIterable, Codable, Sendable {
    case name
    case age
    case cookie
    case bannerID = "banner_id"

    /// Recognises a name in any case; spaces, `_` and `-` don't count.
    public init?(title header: String) {
        let ignored: [UInt8] = [.space, .hyphen, UInt8(ascii: "_")]
        let letters = header.utf8.filter { !ignored.contains($0) }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        switch String(decoding: letters, as: UTF8.self) {
        case "name": self = .name
        case "age": self = .age
        case "cookie": self = .cookie
        case "bannerid": self = .bannerID
        default: return nil
        }
    }

    /// Where the columns stand in a header.
    static func columns(of header: [String], line: Int) throws(SourceFormatError) -> CSVDialect.Columns {
        var places: [KnownColumn: Int] = [:]
        for (place, cell) in header.enumerated() {
            guard let column = KnownColumn(title: cell) else { continue }
            guard places.updateValue(place, forKey: column) == nil else {
                throw SourceFormatError(.duplicateColumn(column.rawValue), line: line)
            }
        }
        guard let name = places[.name], let age = places[.age], let cookie = places[.cookie],
            let bannerID = places[.bannerID]
        else {
            let missing = allCases.filter { places[$0] == nil }.map(\.rawValue)
            throw SourceFormatError(.missingColumns(missing), line: line)
        }
        return CSVDialect.Columns(name: name, age: age, cookie: cookie, bannerID: bannerID)
    }
}
