/// Text whose UTF-8 was taken for another encoding and written as UTF-8 again: `Ã©` that was `é`.
enum DoubleConversion {
    /// What a text was before; `nil` when nothing says that it was converted twice.
    static func undone(_ text: String) -> String? {
        guard text.unicodeScalars.contains(where: { (0xC2...0xF4).contains($0.value) }) else { return nil }
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.value < 0x100 {
                bytes.append(UInt8(scalar.value))
            } else if let byte = byte1252[scalar] {
                bytes.append(byte)
            } else {
                return nil
            }
        }
        guard let once = String(validating: bytes, as: UTF8.self), once != text else { return nil }
        return once
    }

    /// Characters that Windows-1252 has where Latin-1 has controls.
    private static let byte1252: [Unicode.Scalar: UInt8] = Dictionary(
        uniqueKeysWithValues: [
            ("€", 0x80), ("‚", 0x82), ("ƒ", 0x83), ("„", 0x84), ("…", 0x85), ("†", 0x86), ("‡", 0x87), ("ˆ", 0x88),
            ("‰", 0x89), ("Š", 0x8A), ("‹", 0x8B), ("Œ", 0x8C), ("Ž", 0x8E), ("‘", 0x91), ("’", 0x92), ("“", 0x93),
            ("”", 0x94), ("•", 0x95), ("–", 0x96), ("—", 0x97), ("˜", 0x98), ("™", 0x99), ("š", 0x9A), ("›", 0x9B),
            ("œ", 0x9C), ("ž", 0x9E), ("Ÿ", 0x9F),
        ])
}
