import CustomerRecords
import DeliveryJournal
import DeliveryStore
import Foundation
import SystemPackage
import Testing

@testable import DeliveryEngine

@Suite("Rejected records are kept")
struct RejectedFileTests {
    @Test("rows keep their places where what stood before them is not here")
    func elsewhere() throws {
        let path = FilePath(NSTemporaryDirectory()).appending("rejected-\(UUID().uuidString)/rejected.csv")
        defer { try? FileManager.default.removeItem(atPath: path.removingLastComponent().string) }
        var file = RejectedFile(
            path: path, dialect: CSVDialect(), rules: RecordRules(), length: 600_000, alreadyKept: 0)
        try Array("x".utf8).withUnsafeBytes { try file.rejected(line: 7, fault: .tooFewFields(1, needed: 4), raw: $0) }
        let length = try file.checkpoint().length
        let text = try String(contentsOfFile: path.string, encoding: .utf8)
        #expect(text.hasPrefix("line,code,message,record\n\n") && text.utf8.count == length && length > 600_000)
        #expect(!text.contains("\0"))
        var reader = try RejectedFileReader(path)
        let lines = try reader?.next()?.map(\.line)
        #expect(lines == [7])
    }

    @Test("whole in the file; of long ones the journal takes a few, so that they need little memory")
    func longRecords() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("rejected.csv")
        var file = RejectedFile(path: path, dialect: CSVDialect(), rules: RecordRules(), length: 0, alreadyKept: 0)
        let record = Array((String(repeating: "a", count: 60_000) + "_,30,c,1").utf8)
        var kept = 0
        for line in 1...100 {
            try record.withUnsafeBytes { try file.rejected(line: line, fault: .name, raw: $0) }
            if line % 20 == 0 { kept += try file.checkpoint().kept.reduce(0) { $0 + $1.raw.utf8.count } }
        }
        #expect(kept > 3 << 20 && kept <= 4 << 20)
        let length = try FileManager.default.attributesOfItem(atPath: path.string)[.size] as? Int
        #expect(try #require(length) > 100 * 60_000)
    }

    @Test("short ones up to ten thousand in the journal, all of them in the file")
    func manyRecords() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("rejected.csv")
        var file = RejectedFile(path: path, dialect: CSVDialect(), rules: RecordRules(), length: 0, alreadyKept: 9_990)
        for line in 1...20 {
            try Array("_,30,c,1".utf8).withUnsafeBytes { try file.rejected(line: line, fault: .name, raw: $0) }
        }
        #expect(try file.checkpoint().kept.map(\.line) == Array(1...10))
        #expect(try FileText.read(path.string)?.split(separator: "\n").count == 21)
    }

    @Test("of what arrived in JSON and is no record, with why, and as it was")
    func elements() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("rejected.csv")
        var file = RejectedFile(
            path: path, dialect: CSVDialect(), rules: RecordRules(), holdsJSON: true, length: 0, alreadyKept: 0)
        let line = #""a field is given twice","{""a"": 1, ""a"": 2}""#
        try Array(line.utf8).withUnsafeBytes {
            try file.rejected(line: 3, fault: .tooFewFields(2, needed: 4), raw: $0)
        }
        let kept = try #require(try file.checkpoint().kept.first)
        #expect(kept.message == "a field is given twice")
        #expect(kept.raw == #"{"a": 1, "a": 2}"#)
        let row = #"3,malformed,a field is given twice,"{""a"": 1, ""a"": 2}""#
        #expect(try FileText.read(path.string)?.split(separator: "\n").last == row[...])
    }
}
