import Foundation

/// Makes a terminfo entry with 24-bit colors of one without, for terminals that say by `COLORTERM` that they have them:
/// the entries with them are in a package that most systems lack.
///
/// Compiled entries are as `term(5)` describes them: a header of six numbers, names, flags, numbers, offsets, strings.
package enum DirectColor {
    private static let smallNumbers = 0o432
    private static let largeNumbers = 0o1036
    private static let maxColors = 13
    private static let maxPairs = 14
    private static let setForeground = 359
    private static let setBackground = 360

    /// The entry with 24-bit colors; `nil` when this is not an entry that we understand.
    package static func entry(from bytes: [UInt8]) -> [UInt8]? {
        func short(_ offset: Int) -> Int? {
            guard offset + 1 < bytes.count else { return nil }
            return Int(Int16(bitPattern: UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8))
        }
        guard let magic = short(0), magic == smallNumbers || magic == largeNumbers, let names = short(2),
            let flags = short(4), let numbers = short(6), let strings = short(8), let table = short(10), names > 0,
            flags >= 0, numbers >= 0, strings >= 0, table >= 0
        else { return nil }
        let size = magic == smallNumbers ? 2 : 4
        let flagsAt = 12 + names
        var numbersAt = flagsAt + flags
        if !numbersAt.isMultiple(of: 2) { numbersAt += 1 }
        let offsetsAt = numbersAt + numbers * size
        let tableAt = offsetsAt + strings * 2
        guard tableAt + table <= bytes.count else { return nil }
        var values = (0..<numbers).map { index -> Int32 in
            let start = numbersAt + index * size
            if size == 2 { return Int32(short(start) ?? -1) }
            return Int32(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
        }
        while values.count <= maxPairs { values.append(-1) }
        values[maxColors] = 0x100_0000
        values[maxPairs] = 0x1_0000
        var offsets = (0..<strings).map { short(offsetsAt + 2 * $0) ?? -1 }
        while offsets.count <= setBackground { offsets.append(-1) }
        var text = Array(bytes[tableAt..<tableAt + table])
        for (index, kind) in [(setForeground, "38"), (setBackground, "48")] {
            offsets[index] = text.count
            text += Array(sequence(kind).utf8) + [0]
        }
        guard text.count < Int(Int16.max) else { return nil }

        var result: [UInt8] = []
        func append(_ value: Int) {
            result += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
        func align() { if !result.count.isMultiple(of: 2) { result.append(0) } }
        for value in [largeNumbers, names, flags, values.count, offsets.count, text.count] { append(value) }
        result += bytes[12..<flagsAt + flags]
        align()
        for value in values {
            for shift in [0, 8, 16, 24] { result.append(UInt8(truncatingIfNeeded: value >> Int32(shift))) }
        }
        for offset in offsets { append(offset) }
        result += text
        align()
        // The one flag of our own that says that colors are numbers 0xRRGGBB.
        for value in [1, 0, 0, 1, 4] { append(value) }
        result += [1, 0]
        append(0)
        result += Array("RGB".utf8) + [0]
        return result
    }

    private static func sequence(_ kind: String) -> String {
        "\u{1B}[\(kind);2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%dm"
    }

    /// Reads the compiled entry of a terminal from where the system keeps them.
    static func compiled(_ terminal: String, environment: [String: String]) -> [UInt8]? {
        guard let first = terminal.utf8.first, !terminal.contains("/") else { return nil }
        let home = environment["HOME"].map { [$0 + "/.terminfo"] } ?? []
        let given = [environment["TERMINFO"]].compactMap { $0 }
        let listed = (environment["TERMINFO_DIRS"] ?? "").split(separator: ":").map(String.init)
        let usual = ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/local/share/terminfo"]
        for folder in given + home + listed + usual {
            for part in [String(Character(Unicode.Scalar(first))), String(first, radix: 16)] {
                guard let data = FileManager.default.contents(atPath: "\(folder)/\(part)/\(terminal)") else { continue }
                return Array(data)
            }
        }
        return nil
    }
}
