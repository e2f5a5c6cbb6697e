import CustomerRecords
import DeliveryModel
import Synchronization
import Testing

@testable import HTTPListener

/// Clients of the Python connector get the same answers for the same requests.
@Suite("Requests as the Python connector took them")
struct PythonBehaviorTests {
    static let valid = #"{"name": "Kate Valid", "age": 25, "cookie": "id", "banner_id": 28}"#
    static let file = """
        Name,Age,Cookie,BannerId
        Prof. J F,79,dddd,113
        K M Valid,25,jjjj,28
        Mr. A B,53,gggg,51
        K B Valid,25,ffff,99
        K M G,17,jjjj,30
        K D Valid,38,ffff,80
        K B M,38,ffff,120

        """

    struct Case: Sendable {
        var json: String
        var status = 202
        var message: String
        var word: String?
        var reason: String?
    }

    @Test(
        "a record is answered with the message that its clients know",
        arguments: [
            Case(json: valid, message: "Record id sent to ShowAPI.", word: "sent"),
            Case(
                json: #"{"name": "Kate", "age": 17, "cookie": "id", "banner_id": 28}"#,
                message: "Record id did not pass the validation, ignored.", word: "filtered", reason: "age_filter"),
            Case(
                json: #"{"name": "Kate", "age": 25, "cookie": "id", "banner_id": 28, "min_age": 26}"#,
                message: "Record id did not pass the validation, ignored.", word: "filtered", reason: "age_filter"),
            Case(
                json: #"{"name": "Kate", "age": 5, "cookie": "id", "banner_id": 0, "min_age": 0, "max_age": 5}"#,
                message: "Record id sent to ShowAPI.", word: "sent"),
            Case(
                json: #"{"name": "Mr. X", "age": 25, "cookie": "id", "banner_id": 28}"#,
                message: "Record id did not pass the validation, ignored.", word: "rejected", reason: "name"),
            Case(
                json: #"{"name": "Kate", "age": 25, "cookie": "id", "banner_id": 113}"#,
                message: "Record id did not pass the validation, ignored.", word: "rejected", reason: "banner_id"),
            Case(
                json: #"{"name": "Kate", "age": -5, "cookie": "id", "banner_id": 1}"#,
                message: "Record id did not pass the validation, ignored.", word: "rejected", reason: "age"),
            Case(
                json: #"{"name": "Kate", "age": "25", "cookie": "id", "banner_id": 28}"#, status: 400,
                message: "Failed to process data."),
            Case(
                json: #"{"age": 25, "cookie": "id", "banner_id": 28}"#, status: 400, message: "Failed to process data."),
            Case(json: #"{"name": "Kate""#, status: 400, message: "Failed to process data."),
            Case(json: "", status: 400, message: "Failed to process data."),
            Case(
                json: #"{"name": "Kate", "age": true, "cookie": "id", "banner_id": 28}"#, status: 400,
                message: "Failed to process data."),
            Case(
                json: #"{"name": "Kate", "age": 1e400, "cookie": "id", "banner_id": 28}"#, status: 400,
                message: "Failed to process data."),
            Case(
                json: #"{"name": "K", "age": 25, "cookie": "id", "banner_id": 2, "min_age": 9, "max_age": 8}"#,
                status: 400, message: "min_age 9 is greater than max_age 8."),
            Case(
                json: String(repeating: "[", count: 60_000), status: 400,
                message: "Record 1 is not valid JSON. Nothing was accepted."),
        ])
    func single(_ expected: Case) async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            let reply = try await listener.submit(expected.json)
            #expect(reply.status == expected.status)
            #expect(reply.message == expected.message)
            #expect(reply.json["status"] as? String == expected.word)
            #expect(reply.json["reason"] as? String == expected.reason)
            #expect((reply.run != nil) == (expected.word == "sent"))
            #expect(service.state.withLock { $0.submitted.count } == (expected.word == "sent" ? 1 : 0))
        }
    }

    @Test("a record without the JSON content type is not accepted")
    func contentType() async throws {
        try await TestListener.with(limits: .patient) { listener async throws in
            for headers in [[], [("Content-Type", "text/plain")]] {
                let reply = try await listener.request("POST", "/send_record", headers: headers, body: Self.valid)
                #expect(reply.status == 415)
                #expect(reply.message != nil)
            }
            #expect(try await listener.submit(Self.valid, headers: [("Content-Encoding", "br")]).status == 415)
            let reply = try await listener.request(
                "POST", "/send_record", headers: [("Content-Type", "Application/JSON; charset=utf-8")],
                body: Self.valid)
            #expect(reply.status == 202)
        }
    }

    @Test("unknown paths and methods are answered in JSON, and the allowed methods are named")
    func unknown() async throws {
        try await TestListener.with(limits: .patient) { listener async throws in
            let method = try await listener.request("GET", "/send_record")
            #expect(method.status == 405)
            #expect(method.headers["allow"] == "POST")
            #expect(method.message != nil)
            #expect(try await listener.request("DELETE", "/runs").headers["allow"] == "GET, HEAD")
            for path in [
                "/nothing", "/send_record/", "/runs/", "/runs/x", "/runs/-1", "/runs/0", "/runs/1/nothing", "//",
                "/%2e%2e/etc/passwd", "/runs/99999999999999999999", "/runs/{run}",
            ] {
                let reply = try await listener.request("GET", path)
                #expect(reply.status == 404, "\(path)")
                #expect(reply.message != nil)
            }
        }
    }

    @Test(
        "an upload is answered with its counts",
        arguments: [
            ([], 3), ([("min_age", "8")], 4), ([("max_age", "30")], 2), ([("min_age", "27"), ("max_age", "30")], 0),
            ([("min_age", ""), ("max_age", "")], 3),
        ])
    func upload(fields: [(String, String)], sent: Int) async throws {
        try await TestListener.with(limits: .patient) { listener async throws in
            let reply = try await listener.upload(Self.file, fields: fields)
            #expect(reply.status == 202)
            #expect(reply.json["sent"] as? Int == sent)
            #expect(reply.json["read"] as? Int == 7)
            #expect(reply.json["rejected"] as? Int == 3)
            #expect(reply.json["filtered"] as? Int == 4 - sent)
            #expect(reply.run == 1)
        }
    }

    @Test("a text/csv body with its filter in the query is an upload, too")
    func csvBody() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            let reply = try await listener.request(
                "POST", "/send_record/bulk?min_age=8&max_age=%33%30",
                headers: [("Content-Type", "text/csv; charset=utf-8")],
                body: Self.file)
            #expect(reply.status == 202)
            #expect(reply.json["sent"] as? Int == 3)
            #expect(service.state.withLock { $0.contents } == [Self.file])
        }
    }

    @Test("an upload is refused with what is wrong with it, and leaves nothing behind")
    func refusals() async throws {
        try await TestListener.with(limits: .patient) { listener async throws in
            let number = try await listener.upload(Self.file, fields: [("min_age", "abc")])
            #expect(number.status == 400)
            #expect(number.message == "min_age must be a whole number.")
            let order = try await listener.upload(Self.file, fields: [("min_age", "9"), ("max_age", "8")])
            #expect(order.status == 400)
            let other = try await listener.upload(Self.file, name: "t.txt")
            #expect(other.status == 415)
            #expect(other.message == "Unsupported file format. Only CSV files are accepted.")
            for missing in [
                try await listener.upload("", name: nil), try await listener.upload("", name: ""),
                try await listener.upload(Self.file, field: "other"),
                try await listener.request("POST", "/send_record/bulk"),
                try await listener.request(
                    "POST", "/send_record/bulk", headers: [("Content-Type", "application/x-www-form-urlencoded")],
                    body: "file=t.csv"),
                try await listener.request("POST", "/send_record/bulk", headers: [("Content-Type", "text/csv")]),
            ] {
                #expect(missing.status == 400)
                #expect(missing.message == "CSV file required.")
            }
            let many = try await listener.upload(
                Self.file, fields: (1...5).map { ("field\($0)", "x") })
            #expect(many.status == 400)
            let long = try await listener.upload(Self.file, fields: [("x", String(repeating: "9", count: 2000))])
            #expect(long.status == 400)
            #expect(listener.spooledFiles.isEmpty)
        }
    }

    @Test("the ending of the file's name may be in any case, and its directory is nobody's business")
    func names() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            #expect(try await listener.upload(Self.file, name: "T.CSV").status == 202)
            #expect(try await listener.upload(Self.file, name: "../../etc/t.csv").status == 202)
            let paths = service.state.withLock { $0.started }.map { request -> String in
                if case .spooled(let path, _) = request.source { path } else { "" }
            }
            for path in paths {
                #expect(path.hasPrefix(listener.spool + "/upload-"))
                #expect(!path.dropFirst(listener.spool.count + 1).contains("/"))
            }
        }
    }
}
