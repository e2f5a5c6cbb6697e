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

    @Test("a run that began under version 1 is read to its end by its rules")
    func firstRules() throws {
        let dialect = try JSONDecoder().decode(
            CSVDialect.self,
            from: Data(
                (#"{"columns":{"age":1,"bannerID":3,"cookie":2,"name":0},"delimiter":"comma","#
                    + #""firstRecord":{"line":1,"offset":0},"hasHeader":false}"#).utf8))
        let options = try JSONDecoder().decode(
            ReaderOptions.self,
            from: Data(
                #"{"batchSize":2,"filter":{"minimum":18},"rules":{"asciiNames":false,"cookieFormat":"any"}}"#.utf8))
        let source = """
            Jan Novak,25,ab,7,15
            name,age,cookie,banner_id
            name,banner_id,cookie,age
            Eva,25.0,c,1
            Eva,25,c\u{200B},1
            " Eva ",25,d,1
            ,,,
            Ivo,31,null,3
            Jan\u{A0}Novak,25,e,1
            "Ivo",31,f,3
            \u{1A}
            """
        let outcome = try ReadOutcome(
            Array(source.utf8), options: options, resumingAt: dialect.firstRecord, dialect: dialect)
        #expect(outcome.customers.map(\.cookie) == ["ab", "c\u{200B}", "d", "null", "f"])
        #expect(outcome.customers[2].name == " Eva ")
        #expect(
            outcome.reasons == [
                2: .age, 3: .age, 4: .age, 7: .name, 9: .name, 11: .malformed,
            ])
        #expect(outcome.notices.isEmpty && outcome.fault == nil)
        // Its batches are formed again from their parts, as a process does that continues it.
        for batch in outcome.batches {
            var part = options
            part.batchSize = max(1, batch.customers.count)
            let again = try ReadOutcome(
                Array(source.utf8.prefix(batch.end.offset)), options: part, resumingAt: batch.start, dialect: dialect)
            #expect(again.batches.first?.body == batch.body)
        }
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
        arguments: ["name", "color=x", "name=", "name=0", "age=1,age=2", "age=1,cookie=1"])
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
