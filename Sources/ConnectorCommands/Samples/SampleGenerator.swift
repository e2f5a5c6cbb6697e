import DeliveryModel

/// Makes believable customers from a seed.
struct SampleGenerator {
    private var generator: SeededGenerator
    private let badShare: Double
    private static let firstNames = [
        "John", "Jane", "Michael", "Sarah", "David", "Emily", "Robert", "Lisa", "James", "Amanda", "Petr", "Olga",
        "Ivan",
        "Maria", "Žofie", "Zoë", "Søren", "Łucja",
    ].map { Array($0.utf8) }
    private static let lastNames = [
        "Doe", "Smith", "Johnson", "Wilson", "Brown", "Davis", "Miller", "Anderson", "Taylor", "White", "Novák",
        "Svobodová", "Dvořák", "García", "Müller", "O Brien",
    ].map { Array($0.utf8) }
    private static let hexadecimal = Array("0123456789abcdef".utf8)

    init(seed: UInt64, badShare: Double) {
        generator = SeededGenerator(seed: seed)
        self.badShare = badShare
    }

    private mutating func next() -> UInt64 { generator.next() }

    private mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func append(_ row: Int, to bytes: inout [UInt8]) {
        let isBad = badShare > 0 && Double(next() >> 11) / Double(1 << 53) < badShare
        let fault = isBad ? below(5) : -1
        bytes += Self.firstNames[below(Self.firstNames.count)]
        bytes.append(fault == 0 ? UInt8(ascii: "_") : UInt8(ascii: " "))
        bytes += Self.lastNames[below(Self.lastNames.count)]
        bytes.append(UInt8(ascii: ","))
        bytes += Array(String(fault == 1 ? 200 + below(100) : fault == 4 ? below(18) : 18 + below(63)).utf8)
        bytes.append(UInt8(ascii: ","))
        if fault == 2 { bytes += Array("not a cookie".utf8) } else { appendUUID(to: &bytes) }
        bytes.append(UInt8(ascii: ","))
        bytes += Array(String(fault == 3 ? 100 + below(900) : below(100)).utf8)
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func appendUUID(to bytes: inout [UInt8]) {
        var bits = (next(), next())
        for digit in 0..<32 {
            if digit == 8 || digit == 12 || digit == 16 || digit == 20 { bytes.append(UInt8(ascii: "-")) }
            var nibble = Int(bits.0 & 15)
            if digit == 12 { nibble = 4 }
            if digit == 16 { nibble = 8 | nibble & 3 }
            bytes.append(Self.hexadecimal[nibble])
            bits.0 >>= 4
            if digit == 15 { bits.0 = bits.1 }
        }
    }
}
