import CustomerRecords
import Testing

@testable import DeliveryEngine

@Suite("Rows of the program's own files")
struct CSVRowTests {
    @Test("are taken apart as they are written, one after the other")
    func written() {
        let rows = [
            ["1", "name", "“_” at 2", "Under_Score,30,c-1,1"], ["", "", "", ""],
            ["a \"quoted\" word", "\"\"", "two\nlines\r\n", ","], ["\"", "x", "ü", "=1+1"],
        ]
        var bytes: [UInt8] = []
        for row in rows { CSVWriter.append(row, to: &bytes) }
        var start = 0
        var read: [[String]] = []
        while let end = CSVRow.end(in: bytes, from: start) {
            read.append(CSVRow.fields(of: bytes[start..<end]))
            start = end
        }
        #expect(start == bytes.count)
        // What spreadsheets would take for a formula is written with a guard.
        #expect(read.dropLast() == rows.dropLast() && read.last?.dropLast() == rows.last?.dropLast())
        #expect(read.last?.last?.hasSuffix("=1+1") == true)
    }

    @Test(
        "a row without an end is not whole, also when only a quote ends it",
        arguments: ["a,b", "a,\"b\n", "\"a\"\",\n"])
    func open(_ text: String) {
        #expect(CSVRow.end(in: Array(text.utf8), from: 0) == nil)
    }

    @Test("fields are the same with the line end and without", arguments: ["", "\n", "\r\n"])
    func lineEnd(_ end: String) {
        #expect(CSVRow.fields(of: Array(("a,\"b,\"\"c\"\"\"" + end).utf8)) == ["a", "b,\"c\""])
    }
}
