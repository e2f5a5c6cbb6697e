/// Names under which a delivered file is kept.
enum TargetName {
    static let summaryEnding = ".summary.json"
    private static let longest = 255

    /// The names to try, best first: `customers.csv`, `customers.2.csv`, `customers.3.csv` …; `a.2.csv.gz`.
    /// - Parameter number: from 1.
    static func numbered(_ name: EntryName, _ number: Int) -> EntryName {
        guard number > 1 else { return name }
        let ending = ending(of: name.bytes)
        let middle = Array(".\(number)".utf8)
        let stem = cut(name.bytes.dropLast(ending.count), to: longest - ending.count - middle.count)
        return EntryName(stem + middle + ending)
    }

    /// The name of the summary beside a file, which fits into what the system allows: a long name loses of its middle.
    static func summary(of name: EntryName) -> EntryName {
        let room = longest - summaryEnding.utf8.count
        var ending = ending(of: name.bytes)
        // With its number, which tells it from others that are cut to the same beginning.
        let dot = UInt8(ascii: ".")
        if let start = name.bytes[..<ending.startIndex].lastIndex(of: dot), start > 0, !ending.isEmpty,
            name.bytes[(start + 1)..<ending.startIndex].allSatisfy({ (0x30...0x39).contains($0) })
        {
            ending = name.bytes[start...]
        }
        let stem = cut(name.bytes.dropLast(ending.count), to: room - ending.count)
        return EntryName(stem + ending + Array(summaryEnding.utf8))
    }

    /// `.csv`, `.csv.gz`; nothing when the name has no dot.
    private static func ending(of name: [UInt8]) -> ArraySlice<UInt8> {
        let dot = UInt8(ascii: ".")
        guard var start = name.lastIndex(of: dot), start > 0 else { return [] }
        if name[start...].elementsEqual(".gz".utf8), let before = name[..<start].lastIndex(of: dot), before > 0 {
            start = before
        }
        // What is that long is not an ending, and would leave no room for the name.
        return name.count - start <= 16 ? name[start...] : []
    }

    /// The beginning of a name; never a part of a character.
    private static func cut(_ name: ArraySlice<UInt8>, to count: Int) -> [UInt8] {
        var cut = Array(name.prefix(count))
        guard cut.count < name.count else { return cut }
        while String(validating: cut, as: UTF8.self) == nil, cut.count > count - 4 { cut.removeLast() }
        return cut
    }
}
