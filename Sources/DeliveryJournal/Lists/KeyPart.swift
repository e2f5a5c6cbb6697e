/// A file of a list.
struct KeyPart: Hashable, Sendable {
    var number: Int
    var records: Int

    /// The smallest ones of like size: each is no more than four times what is before it. So there are few files, and
    /// each key is written again only a few times.
    static func worthMerging(_ parts: [KeyPart]) -> [KeyPart] {
        let sorted = parts.sorted { ($0.records, $0.number) < ($1.records, $1.number) }
        for start in sorted.indices {
            var records = 0
            let chosen = sorted[start...].prefix { part in
                defer { records += part.records }
                return records == 0 || part.records <= 4 * records
            }
            if chosen.count > 1 { return Array(chosen) }
        }
        return []
    }
}
