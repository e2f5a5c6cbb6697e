/// Makes sources of the nasty kind. The same seed makes the same source.
struct CSVGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    private static let lineEnds = ["\n", "\r\n", "\r"]
    private static let delimiters = [",", ",", ",", ";", "\t", "|"]
    private static let headers = [
        "Name,Age,Cookie,Banner_id", "name;age;cookie;banner id", "extra|BANNER-ID|cookie|x|AGE|name",
        "\"name\",\"age\",\"coo\"\"kie\",cookie,bannerid", "name,age,cookie", "name,age,age,cookie,bannerid",
    ]
    private static let scraps: [[UInt8]] =
        [
            "\"", "\"", "\"\"", ",", ",", ";", "\t", "|", "\n", "\n", "\r", "\r\n", " ", "  ", "a", "John Doe", "25",
            "007",
            "151", "99", "cookie", "x\\y", "Žofie", "e\u{301}", "\u{A0}", "\u{2028}", "李", "👍", "name", "age", "-", "'",
        ].map { Array($0.utf8) } + [
            [0], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xC5], [0x7F], [0xEF, 0xBB, 0xBF],
        ]

    /// Bytes without any order.
    mutating func soup() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...60, using: &self) {
            bytes += Self.scraps.randomElement(using: &self)!
        }
        return bytes
    }

    /// Mostly records that are valid, or nearly so.
    mutating func records() -> [UInt8] {
        let delimiter = Self.delimiters.randomElement(using: &self)!
        let lineEnd = Self.lineEnds.randomElement(using: &self)!
        var bytes: [UInt8] = chance(4) ? [0xEF, 0xBB, 0xBF] : []
        if chance(3) { bytes += Array((Self.headers.randomElement(using: &self)! + lineEnd).utf8) }
        for _ in 0..<Int.random(in: 0...12, using: &self) {
            var row: [UInt8] = []
            for (index, cell) in cells().enumerated() {
                if index > 0 { row += Array(delimiter.utf8) }
                row += Array((chance(5) ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell).utf8)
            }
            if chance(4), !row.isEmpty {
                let place = Int.random(in: 0..<row.count, using: &self)
                if chance(2) { row.remove(at: place) }
                row.insert(contentsOf: Self.scraps.randomElement(using: &self)!, at: min(place, row.count))
            }
            bytes += row
            bytes += Array((chance(12) ? Self.lineEnds.randomElement(using: &self)! : lineEnd).utf8)
            if chance(12) { bytes += Array(((chance(2) ? "  " : "") + lineEnd).utf8) }
        }
        if chance(3), !bytes.isEmpty { bytes.removeLast() }
        return bytes
    }

    /// Whole files as people have them: titles, headers in any order and any number, other columns, ragged rows.
    mutating func files() -> [UInt8] {
        let delimiter = Self.delimiters.randomElement(using: &self)!
        let lineEnd = Self.lineEnds.randomElement(using: &self)!
        var text = chance(8) ? "sep=\(delimiter)\(lineEnd)" : ""
        for _ in 0..<(chance(4) ? Int.random(in: 1...4, using: &self) : 0) {
            text +=
                [
                    "Report 2026", "", ",,,", "Generated\(delimiter)2026", "\"Customers\"",
                    "a\(delimiter)25\(delimiter)b\(delimiter)1",
                ]
                .randomElement(using: &self)! + lineEnd
        }
        var columns = ["name", "age", "cookie", "banner_id"]
        for _ in 0..<Int.random(in: 1...3, using: &self) {
            if chance(2) { columns.shuffle(using: &self) }
            if chance(3) {
                columns.insert(
                    ["city", "id", ""].randomElement(using: &self)!, at: Int.random(in: 0...columns.count, using: &self)
                )
            }
            if chance(20) { columns.remove(at: Int.random(in: 0..<columns.count, using: &self)) }
            if !chance(4) {
                text +=
                    columns.map { spelled($0) }.joined(separator: delimiter) + (chance(6) ? delimiter : "") + lineEnd
            }
            for _ in 0..<Int.random(in: 0...6, using: &self) {
                let cells = cells()
                var row = columns.map { column in
                    switch column {
                    case "name": cells[0]
                    case "age": cells[1]
                    case "cookie": cells.count > 2 ? cells[2] : ""
                    case "banner_id": cells.count > 3 ? cells[3] : ""
                    default: ["x", "7", "", "25"].randomElement(using: &self)!
                    }
                }
                if chance(8) { row.insert("9", at: Int.random(in: 0...row.count, using: &self)) }
                if chance(8), row.count > 1 { row.removeLast() }
                text += row.map { chance(6) ? "\"\($0.replacing("\"", with: "\"\""))\"" : $0 }.joined(
                    separator: delimiter)
                text += chance(8) ? delimiter + lineEnd : lineEnd
            }
        }
        return Array(text.utf8)
    }

    private mutating func spelled(_ title: String) -> String {
        switch Int.random(in: 0..<6, using: &self) {
        case 0: title.uppercased()
        case 1: "\"\(title)\""
        case 2: title.replacing("_", with: " ") + "\u{A0}"
        case 3: "\u{FEFF}" + title
        default: title
        }
    }

    /// Fewer, longer pieces, so that records come to the bounds of blocks, of the window and of 64 KiB.
    mutating func longPieces() -> [UInt8] {
        let sizes = [1, 1, 1, 30, 62, 63, 64, 65, 100, 1000, 20_000, 65_000, 65_533, 65_536, 65_537, 70_000]
        var bytes: [UInt8] = []
        while bytes.count < 150_000 {
            let size = sizes.randomElement(using: &self)!
            switch Int.random(in: 0..<6, using: &self) {
            case 0: bytes += [UInt8](repeating: UInt8(ascii: "a"), count: size)
            case 1: bytes += [UInt8](repeating: chance(2) ? 0x20 : 0x2C, count: size)
            case 2: bytes += "\"".utf8
            case 3: bytes += Self.lineEnds.randomElement(using: &self)!.utf8
            case 4: bytes += ",25,c,1\nJohn Doe,30,cookie,2".utf8
            default: bytes += "\na\"b,\"".utf8
            }
        }
        return bytes
    }

    private mutating func cells() -> [String] {
        var cells = [
            [
                "John Doe", "Anna", "Žofie Nováková", "Zoe\u{301}", "A b C", "J0hn", "", " Max ", "O\"Neil", "O’Brien",
                "A\u{A0}B",
                String(repeating: "abcdefgh ", count: Int.random(in: 1...9, using: &self)),
            ],
            [
                "25", "18", "17", "0", "007", "150", "151", "-1", "2.5", "", " 30 ", "25.0", "30.00", "\u{A0}42\u{A0}",
                "000000000000000000000042",
            ],
            [
                "null", "1.2E+15", "'x'", "12345.0", "n1", "c\u{200B}",
                "26555324-53df-4eb1-8835-e6c0078bb2c0", "abc", "c\\d", "a\"b", "", "a b", "ž", "x\u{3000}",
                String(repeating: "c", count: Int.random(in: 40...60, using: &self)),
                String(repeating: "d", count: Int.random(in: 250...260, using: &self)),
            ],
            ["7", "15", "99", "0", "05", "100", "", "x", "0000"],
        ].map { $0.randomElement(using: &self)! }
        if chance(6) { cells.append(chance(2) ? "more" : "") }
        if chance(12) { cells.removeLast() }
        return cells
    }

    private mutating func chance(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}
