import CustomerRecords
import Foundation
import Testing

@Suite("Options that were stored by earlier versions")
struct StoredOptionsTests {
    @Test("those of version 1 are read, and keep their rules")
    func firstVersion() throws {
        let stored = """
            {"batchSize":500,"delimiter":"semicolon","filter":{"maximum":60,"minimum":21},\
            "rules":{"asciiNames":true,"cookieFormat":"uuid"}}
            """
        let options = try JSONDecoder().decode(ReaderOptions.self, from: Data(stored.utf8))
        #expect(options.batchSize == 500)
        #expect(options.delimiter == .semicolon)
        #expect(options.filter == AgeFilter(minimum: 21, maximum: 60))
        #expect(options.rules.nameFormat == .ascii)
        #expect(options.rules.cookieFormat == .uuid)
        #expect(options.rules.version == 1)
        #expect(options.columns.isEmpty && options.repeats == .send && options.maximumRejected == nil)
        // Written again by this version, they still are of version 1.
        let again = try JSONDecoder().decode(ReaderOptions.self, from: JSONEncoder().encode(options))
        #expect(again == options)
    }

    @Test("what is stored now is read as it was")
    func present() throws {
        var columns = ColumnMapping()
        try columns.add(argument: "name=Full name")
        try columns.add(argument: "cookie=3")
        let options = ReaderOptions(
            rules: RecordRules(nameFormat: .common, rejectsSuspicious: true), encoding: "windows-1250",
            columns: columns, hasNoHeader: true, allowsShortRows: true, maximumRejected: .percent(2.5), repeats: .skip)
        let again = try JSONDecoder().decode(ReaderOptions.self, from: JSONEncoder().encode(options))
        #expect(again == options)
        #expect(again.rules.version == RecordRules.currentVersion)
    }

    @Test(
        "a mapping names one of the four columns and another column of the file",
        arguments: ["name", "colour=x", "name=", "name=0", "age=1,age=2", "age=1,cookie=1"])
    func wrongMapping(arguments: String) {
        var mapping = ColumnMapping()
        #expect(throws: ColumnMapping.Fault.self) {
            for argument in arguments.split(separator: ",") { try mapping.add(argument: String(argument)) }
        }
    }

    @Test("a limit of rejected records is a number or a share")
    func limit() throws {
        #expect(RejectionLimit(argument: "10") == .records(10))
        #expect(RejectionLimit(argument: "2.5%") == .percent(2.5))
        for wrong in ["", "-1", "x", "101%", "%", "1.5"] { #expect(RejectionLimit(argument: wrong) == nil) }
        #expect(RejectionLimit.percent(10).allows(rejected: 10, of: 100))
        #expect(!RejectionLimit.percent(10).allows(rejected: 11, of: 100))
        #expect(RejectionLimit.percent(10).allows(rejected: 0, of: 0))
        #expect(!RejectionLimit.records(0).allows(rejected: 1, of: 100))
        #expect(RejectionLimit.percent(2.5).text == "2.5%" && RejectionLimit.percent(10).text == "10%")
    }
}
