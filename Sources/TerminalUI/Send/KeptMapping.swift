import CustomerRecords

/// How a file was read where the operator decided that, kept for files with the same header.
struct KeptMapping: Codable, Hashable, Sendable {
    /// Of the header as it was read. An older version knew headers by it alone.
    var header: String
    /// Name, age, cookie, banner: counted from 1; empty when only the encoding was chosen.
    var columns: [Int]
    /// Of the header's bytes; `nil` when an older version kept it.
    var bytes: String?
    /// `nil` is what the first bytes say.
    var encoding: String?

    init(header: String, chosen: [KnownColumn: Int]?, bytes: String? = nil, encoding: String? = nil) {
        self.header = header
        columns = KnownColumn.allCases.compactMap { chosen?[$0] }
        self.bytes = bytes
        self.encoding = encoding
    }

    init(_ source: SourceColumns, chosen: [KnownColumn: Int], encoding: String?) {
        self.init(
            header: source.header, chosen: chosen, bytes: source.bytes.isEmpty ? nil : source.bytes, encoding: encoding)
    }

    var chosen: [KnownColumn: Int]? {
        guard columns.count == KnownColumn.allCases.count, Set(columns).count == columns.count else { return nil }
        return Dictionary(uniqueKeysWithValues: zip(KnownColumn.allCases, columns))
    }
}

extension Preferences {
    /// The last choice for a header replaces those before it, in whatever encoding they were made.
    mutating func remember(_ mapping: KeptMapping) {
        mappings.removeAll { other in
            if let bytes = other.bytes, let own = mapping.bytes { return bytes == own }
            return other.header == mapping.header
        }
        guard !mapping.columns.isEmpty || mapping.encoding != nil else { return }
        mappings.insert(mapping, at: 0)
        mappings = Array(mappings.prefix(50))
    }

    func kept(bytes: String) -> KeptMapping? { bytes.isEmpty ? nil : mappings.first { $0.bytes == bytes } }

    func kept(for source: SourceColumns) -> KeptMapping? {
        kept(bytes: source.bytes) ?? mappings.first { $0.bytes == nil && $0.header == source.header }
    }
}
