import CustomerRecords
import Testing

@testable import ConnectorCommands

@Suite("Sample files are the same for the same seed and as bad as asked")
struct SampleTests {
    private static func lines(_ count: Int, seed: UInt64, bad: Double) -> [String] {
        var generator = SampleGenerator(seed: seed, badShare: bad)
        var bytes: [UInt8] = []
        for row in 0..<count { generator.append(row, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static func isValid(_ line: String) -> Bool {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 4 else { return false }
        let checked = Validation.check(
            RecordFields(name: fields[0], age: fields[1], cookie: fields[2], bannerID: fields[3]),
            rules: RecordRules(cookieFormat: .uuid), filter: AgeFilter())
        if case .success = checked { return true }
        return false
    }

    @Test("the same seed gives the same file, another one another")
    func seeds() {
        let lines = Self.lines(500, seed: 7, bad: 0.3)
        #expect(lines == Self.lines(500, seed: 7, bad: 0.3))
        #expect(lines != Self.lines(500, seed: 8, bad: 0.3))
    }

    @Test("without bad records all are valid, with UUIDs that differ")
    func good() {
        let lines = Self.lines(2000, seed: 1, bad: 0)
        #expect(lines.count == 2000)
        #expect(lines.allSatisfy(Self.isValid))
        #expect(Set(lines.map { $0.split(separator: ",")[2] }).count == 2000)
    }

    @Test("the share of bad records is what was asked for", arguments: [0.1, 0.5, 1.0])
    func bad(_ share: Double) {
        let lines = Self.lines(5000, seed: 1, bad: share)
        let found = Double(lines.count { !Self.isValid($0) }) / 5000
        #expect(abs(found - share) < 0.02, "\(found)")
    }
}
