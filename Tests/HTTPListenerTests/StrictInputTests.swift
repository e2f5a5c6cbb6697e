import CustomerRecords
import DeliveryModel
import Synchronization
import Testing

@testable import HTTPListener

@Suite("Input is read as it was meant, or refused")
struct StrictInputTests {
    static func record(_ more: String) -> String {
        #"{"name": "Kate Valid", "age": 25, "cookie": "id", "banner_id": 28\#(more)}"#
    }

    @Test(
        "a field that is not known is refused and named, with the one that was meant",
        arguments: [
            (#", "minage": 50"#, "The field minage is not known. Did you mean min_age?"),
            (#", "max-age": 50"#, "The field max-age is not known. Did you mean max_age?"),
            (#", "Min_Age": 50"#, "The field Min_Age is not known. Did you mean min_age?"),
            (#", "mni_age": 50"#, "The field mni_age is not known. Did you mean min_age?"),
            (#", "email": "a@b""#, "The field email is not known."), (#", "age": 26"#, "A field is given twice."),
        ])
    func fields(more: String, message: String) async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            let reply = try await listener.submit(Self.record(more))
            #expect(reply.status == 400)
            #expect(reply.message == message)
            #expect(service.state.withLock { $0.submitted.isEmpty })
        }
    }

    @Test("whole objects are taken when unknown fields are ignored, but never a misspelled one")
    func ignoring() async throws {
        try await TestListener.with(ignoresUnknownFields: true) { listener async throws in
            let whole = Self.record(#", "email": "a@b", "address": {"city": ["Brno", {"zip": null}]}"#)
            #expect(try await listener.submit(whole).status == 202)
            for name in ["minage", "min_ages", "MINAGE", "mniage", "min-age"] {
                #expect(try await listener.submit(Self.record(#", "\#(name)": 50"#)).status == 400, "\(name)")
            }
            #expect(try await listener.submit(Self.record(#", "email": 1, "email": 2"#)).status == 400)
        }
    }

    @Test("white space at the ends of texts is no part of them, in one record as in many")
    func trimmed() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            let record = #"{"name": " Kate Valid\u00a0", "age": 25, "cookie": "\ufeff id\n", "banner_id": 28}"#
            #expect(try await listener.submit(record).json["status"] as? String == "sent")
            let fields = service.state.withLock { $0.submitted.first }
            #expect(fields?.name == "Kate Valid" && fields?.cookie == "id")
        }
    }

    @Test("a value that the form and the query don't agree on is refused, and a file without a name is none")
    func contradiction() async throws {
        try await TestListener.with(limits: .patient) { listener async throws in
            let file = PythonBehaviorTests.file
            let fields = [("min_age", "18")]
            let other = try await listener.upload(file, fields: fields, query: "?min_age=40")
            #expect(other.status == 400)
            #expect(other.message == "min_age has one value in the form and another one in the query.")
            #expect(try await listener.upload(file, fields: fields, query: "?min_age=18").status == 202)
            let none = try await listener.upload(file, name: nil, fields: [("file", "x")])
            #expect(none.status == 400 && none.message == "CSV file required.")
        }
    }

    @Test("a parameter that many records may have is refused beside a single one, also where unknown ones are ignored")
    func single() async throws {
        try await TestListener.with(ignoresUnknownFields: true) { listener async throws in
            let json = [("Content-Type", "application/json")]
            let filtered = try await listener.request(
                "POST", "/send_record?min_age=40", headers: json, body: Self.record(""))
            #expect(filtered.status == 400)
            #expect(filtered.message?.hasPrefix("The parameter min_age applies to arrays and NDJSON only.") == true)
            let misspelled = try await listener.request(
                "POST", "/send_record?minage=40", headers: json, body: Self.record(""))
            #expect(misspelled.status == 400 && misspelled.message == filtered.message)
            let traced = try await listener.request("POST", "/send_record?utm=x", headers: json, body: Self.record(""))
            #expect(traced.status == 202)
        }
    }

    @Test("parameters and form fields that are not known are refused and named")
    func parameters() async throws {
        try await TestListener.with(limits: .patient) { listener async throws in
            let csv = [("Content-Type", "text/csv")]
            let file = PythonBehaviorTests.file
            for (path, name) in [
                ("/send_record/bulk?minage=50", "minage"), ("/send_record/bulk?min_age=20&x=1", "x"),
                ("/send_record?min_age=50", "min_age"),
            ] {
                let reply = try await listener.request("POST", path, headers: csv, body: file)
                #expect(reply.status == (path.hasPrefix("/send_record?") ? 415 : 400))
                if reply.status == 400 { #expect(reply.message?.contains("parameter \(name) is not known") == true) }
            }
            let form = try await listener.upload(file, fields: [("minage", "50")])
            #expect(form.status == 400)
            #expect(form.message?.contains("field minage is not known") == true)
            for path in ["/runs?limits=5", "/runs/1?x", "/runs/1/failures?before=1"] {
                #expect(try await listener.request("GET", path).status == 400, "\(path)")
            }
            #expect(try await listener.request("GET", "/runs?before=0").status == 400)
        }
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            Self.record(","), #"{"name": "Kate", "age": 25, "cookie": "id", "banner_id": 028}"#,
            #"{"name": "Kate", "age": +25, "cookie": "id", "banner_id": 28}"#,
            #"{"name": "Kate", "age": 25., "cookie": "id", "banner_id": 28}"#,
            #"{'name': "Kate", "age": 25, "cookie": "id", "banner_id": 28}"#,
            #"{"name": "Ka\qte", "age": 25, "cookie": "id", "banner_id": 28}"#,
            #"{"name": "\ud800", "age": 25, "cookie": "id", "banner_id": 28}"#,
            "{\"name\": \"Ka\tte\", \"age\": 25, \"cookie\": \"id\", \"banner_id\": 28}",
            Self.record("") + "x", Self.record("") + Self.record(""), "{", "", "nul", "\"x\"", "25",
            String(repeating: #"{"a":"#, count: 10_000),
        ])
    func syntax(json: String) async throws {
        try await TestListener.with(limits: .patient) { listener async throws in
            let reply = try await listener.submit(json)
            #expect(reply.status == 400)
        }
    }

    @Test("escapes, surrogates, a byte order mark and spaces are read")
    func escapes() throws {
        let names = KnownNames(RecordSubmission.names, unknown: .refused)
        let text =
            "\u{feff} {\"n\\u0061me\" : \"\\u00c9va \\ud83d\\ude00\\n\\/\" ,\"age\":2.5e1,\"cookie\":\"c\\\"\","
            + "\"banner_id\":28.0,\"min_age\":null}\r\n"
        let record = try RecordSubmission.read(Array(text.utf8), names: names)
        #expect(record.fields == RecordFields(name: "Éva 😀\n/", age: "25", cookie: "c\"", bannerID: "28"))
        #expect(record.minimumAge == nil)
    }
}
