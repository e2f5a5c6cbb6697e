import CustomerRecords
import DeliveryModel
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import HTTPListener

@Suite("How uploads are read")
struct UploadReadingTests {
    static let file = "name,age,cookie,banner_id\nKate Valid,25,c1,28\n"
    /// The same, compressed.
    static let compressed = bytes(
        "H4sIAAAAAAACA8tLzE3VSUxP1UnOz8/OTNVJSszLSy2Kz0zh8k4sSVUIS8zJ"
            + "TNExMtVJNtQxsuACAEMT7xYuAAAA")
    /// 200,000 letters.
    static let bomb = bytes(
        "H4sIAAAAAAACA+3BMQEAAADCoKzrX8IM/kABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            + "AAAAAAAAAAAAAAAAAAAAAAAK8Bm1Np4EANAwA=")

    private static func bytes(_ base64: String) -> [UInt8] { Array(Data(base64Encoded: base64) ?? Data()) }

    private static func send(
        _ listener: TestListener, _ body: [UInt8], _ type: String? = "text/csv", query: String = "",
        headers: [(String, String)] = []
    ) async throws -> TestListener.Reply {
        let type = type.map { [("Content-Type", $0)] } ?? []
        return try await listener.request(
            "POST", "/send_record/bulk" + (query.isEmpty ? "" : "?" + query), headers: type + headers, bytes: body)
    }

    @Test(
        "every media type of CSV is taken, and its parameters say how it is read",
        arguments: [
            ("text/csv", nil, false), ("application/csv; charset=utf-8", "utf-8", false),
            ("application/vnd.ms-excel;charset=\"windows-1250\"", "windows-1250", false),
            ("text/tab-separated-values; header=absent", nil, true),
            ("TEXT/CSV; Header=present; Charset=ISO-8859-2", "ISO-8859-2", false),
        ] as [(String, String?, Bool)])
    func mediaTypes(type: String, encoding: String?, hasNoHeader: Bool) async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            #expect(try await Self.send(listener, Array(Self.file.utf8), type).status == 202)
            let options = try #require(service.state.withLock { $0.started.first?.options })
            #expect(options.encoding == encoding)
            #expect(options.hasNoHeader == hasNoHeader)
        }
    }

    @Test("the query and the form say how a file is read, the form first, and both before the media type")
    func parameters() async throws {
        let service = FakeDeliveryService()
        var defaults = ReaderOptions()
        try defaults.columns.add(argument: "name=9")
        try await TestListener.with(service, defaults: defaults) { listener async throws in
            let query =
                "column=name=Full%20name&column=age=2&no_header=0&max_rejected=2.5%25&name_format=common&min_age=7"
                + "&short_rows=true&delimiter=tab&cookie_format=uuid&reject_suspicious=1&encoding=cp1250&repeats=count"
            #expect(
                try await Self.send(listener, Array(Self.file.utf8), "text/csv; charset=x-y", query: query).status
                    == 400)
            let reply = try await Self.send(
                listener, Array(Self.file.utf8), "text/csv; charset=latin1; header=absent", query: query)
            #expect(reply.status == 202)
            let form = try await listener.upload(
                Self.file, name: "KATE.CSV.GZ",
                fields: [("column", "cookie=3"), ("encoding", "latin2"), ("no_header", "yes"), ("min_age", "9")])
            #expect(form.status == 202)
            let runs = service.state.withLock { $0.started.map(\.options) }
            var expected = ColumnMapping()
            try expected.add(argument: "name=Full name")
            try expected.add(argument: "age=2")
            #expect(runs[0].columns == expected)
            #expect(!runs[0].hasNoHeader)
            #expect(runs[0].maximumRejected == RejectionLimit(argument: "2.5%"))
            #expect(runs[0].rules.nameFormat == .common)
            #expect(runs[0].rules.cookieFormat == .uuid)
            #expect(runs[0].rules.rejectsSuspicious)
            #expect(runs[0].allowsShortRows)
            #expect(runs[0].delimiter == .tab)
            #expect(runs[0].repeats == .count)
            #expect(runs[0].encoding == "cp1250")
            #expect(runs[0].filter.minimum == 7)
            #expect(runs[1].encoding == "latin2")
            #expect(runs[1].hasNoHeader)
            #expect(runs[1].filter.minimum == 9)
            var other = ColumnMapping()
            try other.add(argument: "cookie=3")
            #expect(runs[1].columns == other)
        }
    }

    @Test(
        "what can't be used is 400 and named",
        arguments: [
            ("encoding=klingon", "klingon"), ("no_header=perhaps", "no_header"), ("column=phone=3", "phone"),
            ("max_rejected=101%25", "max_rejected"), ("name_format=latin", "name_format"), ("colum=name=1", "column?"),
            ("column=name=1&column=name=2", "twice"), ("encoding=a&encoding=b", "twice"),
        ])
    func refusals(query: String, words: String) async throws {
        try await TestListener.with(limits: .patient) { listener async throws in
            let reply = try await Self.send(listener, Array(Self.file.utf8), query: query)
            #expect(reply.status == 400)
            #expect(reply.message?.contains(words) == true, "\(reply.body)")
            #expect(listener.spooledFiles.isEmpty)
        }
    }

    @Test("options that say something of CSV are refused for JSON, others hold")
    func records() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            let json = [("Content-Type", "application/json")]
            let body = #"[{"name": "Kate", "age": 25, "cookie": "c", "banner_id": 1}]"#
            let refused = try await listener.request("POST", "/send_record?column=name=1", headers: json, body: body)
            #expect(refused.status == 400)
            #expect(refused.message?.contains("column") == true)
            let taken = try await listener.request(
                "POST", "/send_record?name_format=any&max_rejected=5", headers: json, body: body)
            #expect(taken.status == 202)
            let options = service.state.withLock { $0.started.first?.options }
            #expect(options?.rules.nameFormat == .any)
            #expect(options?.maximumRejected == RejectionLimit(argument: "5"))
        }
    }

    @Test("a compressed body is decompressed as it arrives: files, forms, arrays and single records")
    func contentEncoding() async throws {
        let service = FakeDeliveryService()
        let gzip = [("Content-Encoding", "gzip")]
        try await TestListener.with(service, limits: .patient) { listener async throws in
            #expect(try await Self.send(listener, Self.compressed, headers: gzip).status == 202)
            #expect(service.state.withLock { $0.contents } == [Self.file])
            let cut = try await Self.send(listener, Array(Self.compressed.dropLast(9)), headers: gzip)
            #expect(cut.status == 400)
            #expect(cut.message?.contains("ends too early") == true)
            let damaged = try await Self.send(listener, Array(Self.file.utf8), headers: gzip)
            #expect(damaged.status == 400)
            #expect(damaged.message?.contains("damaged") == true)
            let other = try await Self.send(listener, Self.compressed, headers: [("Content-Encoding", "br")])
            #expect(other.status == 415)
            #expect(other.message?.contains("gzip") == true)
            #expect(listener.spooledFiles.isEmpty)
        }
    }

    @Test("the size of an upload counts decompressed, whoever compressed it")
    func bomb() async throws {
        var limits = ListenerLimits.quick
        limits.uploadBytes = 100_000
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: limits) { listener async throws in
            for headers in [[], [("Content-Encoding", "gzip")]] {
                let reply = try await Self.send(listener, Self.bomb, headers: headers)
                #expect(reply.status == 413)
            }
            #expect(service.state.withLock { $0.started.isEmpty })
            #expect(listener.spooledFiles.isEmpty)
        }
    }

    @Test("a compressed file stays compressed, and is refused when it is cut off")
    func packedFile() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            #expect(try await Self.send(listener, Self.compressed).status == 202)
            let cut = try await Self.send(listener, Array(Self.compressed.dropLast(9)))
            #expect(cut.status == 400)
            #expect(
                cut.message == "upload.csv: the gzip data ends too early, after 46 bytes of text: the file is "
                    + "incomplete. Copy or download it again.")
            #expect(service.state.withLock { $0.started.count } == 1)
            #expect(listener.spooledFiles.isEmpty)
        }
    }

    @Test("a body of another type says which header to send, and one without line ends what removed them")
    func hints() async throws {
        let fault = DeliveryError(.source, "upload.csv, line 1: the header lacks cookie.")
        let line = Array(Self.file.replacingOccurrences(of: "\n", with: "").utf8)
        try await TestListener.with(FakeDeliveryService(startFault: fault)) { listener async throws in
            let text = try await Self.send(listener, Array(Self.file.utf8), "text/plain")
            #expect(text.status == 415)
            #expect(text.message?.contains("Content-Type: text/csv") == true)
            let form = try await Self.send(listener, line, "application/x-www-form-urlencoded")
            #expect(form.status == 400)
            #expect(form.message?.hasPrefix("CSV file required.") == true)
            #expect(form.message?.contains("--data-binary") == true)
            let stripped = try await Self.send(listener, line)
            #expect(stripped.message?.hasPrefix(fault.message) == true)
            #expect(stripped.message?.contains("--data-binary") == true)
            #expect(try await Self.send(listener, Array(Self.file.utf8)).message == fault.message)
        }
        try await TestListener.with(limits: .patient) { listener async throws in
            // The four columns are there, and the first record stands in the header.
            let header = "id,name,age,cookie,banner_id,city1,Kate,25,c1,28,Brno"
            let reply = try await Self.send(listener, Array(header.utf8))
            #expect(reply.status == 400)
            #expect(reply.message?.contains("--data-binary") == true)
            #expect(try await Self.send(listener, Array("name,age,cookie,banner_id".utf8)).status == 202)
        }
    }

    @Test("a key belongs to the way of reading, too")
    func key() async throws {
        try await TestListener.with(limits: .patient) { listener async throws in
            let headers = [("Idempotency-Key", "k")]
            let body = Array(Self.file.utf8)
            #expect(try await Self.send(listener, body, query: "no_header=0&min_age=3", headers: headers).status == 202)
            #expect(try await Self.send(listener, body, query: "min_age=3&no_header=0", headers: headers).status == 202)
            #expect(try await Self.send(listener, body, query: "min_age=3", headers: headers).status == 422)
        }
    }
}
