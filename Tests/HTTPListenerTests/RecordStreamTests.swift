import CustomerRecords
import DeliveryModel
import Synchronization
import Testing

@testable import HTTPListener

@Suite("Many records in JSON")
struct RecordStreamTests {
    static func elements(_ text: String, _ shape: RecordStream.Shape, chunk: Int = .max, maximum: Int = 100) throws
        -> [String]
    {
        var stream = RecordStream(shape, maximumBytes: maximum)
        var found: [String] = []
        func take(_ element: RecordStream.Element) {
            switch element {
            case .whole(let bytes): found.append(String(decoding: bytes, as: UTF8.self))
            case .tooLong: found.append("(too long)")
            case .blank: found.append("(blank)")
            }
        }
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: min(chunk, max(1, bytes.count))) {
            try stream.append(bytes[start..<min(bytes.count, start + min(chunk, bytes.count))], take)
        }
        try stream.finish(take)
        return found
    }

    @Test("elements of an array are found wherever the body is cut", arguments: [1, 2, 3, 7, 1000])
    func array(chunk: Int) throws {
        let text = "\u{feff} [ {\"a\": \"],}\\\"\"}, [1,[2]] ,3,\"x\\\\\", {\"b\":{}} \n]\n"
        #expect(
            try Self.elements(text, .array, chunk: chunk)
                == [#"{"a": "],}\""}"#, "[1,[2]] ", "3", #""x\\""#, "{\"b\":{}} \n"])
        #expect(try Self.elements("[]", .array, chunk: chunk).isEmpty)
        #expect(
            try Self.elements("[\(String(repeating: "1", count: 101)),2]", .array, chunk: chunk) == ["(too long)", "2"])
    }

    @Test("lines keep their numbers, with or without a last line end", arguments: [1, 5, 1000])
    func lines(chunk: Int) throws {
        #expect(
            try Self.elements("{}\r\n\n1\n{\"a\":1}", .lines, chunk: chunk) == ["{}\r", "(blank)", "1", "{\"a\":1}"])
        #expect(try Self.elements("", .lines).isEmpty)
    }

    @Test(
        "what is not an array is refused at its element",
        arguments: ["[1,]", "[,1]", "[1", "[1]]", "{}", "x", "", "[1}", "[1] 2", "[1,,2]"])
    func broken(text: String) {
        #expect(throws: RecordStream.SyntaxError.self) { try Self.elements(text, .array) }
    }

    static let three = [
        #"{"name": "Kate Valid", "age": 25, "cookie": "a,b", "banner_id": 1}"#,
        #"{"name": "Kate \"K\" Valid", "age": 25.0, "cookie": "c", "banner_id": 2}"#,
        #"{"name": "Kate", "age": "25", "cookie": "d", "banner_id": 3}"#,
    ]

    @Test("an array and NDJSON become a run each, whose lines are the numbers of the records")
    func run() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            let bodies = [
                ("application/json", "[" + Self.three.joined(separator: ",") + "]"),
                ("application/x-ndjson", Self.three.joined(separator: "\n")),
            ]
            for (type, body) in bodies {
                let reply = try await listener.request(
                    "POST", "/send_record?min_age=20", headers: [("Content-Type", type)], body: body)
                #expect(reply.status == 202)
                #expect(reply.json["status"] as? String == "done")
            }
            let (requests, contents) = service.state.withLock { ($0.started, $0.contents) }
            for request in requests {
                #expect(request.options.hasNoHeader)
                #expect(request.options.delimiter == .comma)
                #expect(request.options.filter.minimum == 20)
            }
            for text in contents {
                #expect(text.split(separator: "\n").count == 3)
                let lines = text.split(separator: "\n")
                #expect(lines[0] == #""Kate Valid","25","a,b","1""#)
                #expect(lines[1] == #""Kate ""K"" Valid","25","c","2""#)
                #expect(lines[2].hasPrefix("\"not an object with the texts name and cookie"))
            }
        }
    }

    @Test(
        "broken syntax anywhere is refused as a whole and leaves nothing behind",
        arguments: [
            ("application/json", "[\(three[0]),{\"name\": tru}]"), ("application/json", "[\(three[0]),]"),
            ("application/x-ndjson", "\(three[0])\n{\"name\": }\n"), ("application/json", "[\(three[0]),"),
        ])
    func refused(type: String, body: String) async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            let reply = try await listener.request(
                "POST", "/send_record", headers: [("Content-Type", type)], body: body)
            #expect(reply.status == 400)
            #expect(reply.message == "Record 2 is not valid JSON. Nothing was accepted.")
            #expect(listener.spooledFiles.isEmpty)
            #expect(service.state.withLock { $0.started.isEmpty })
        }
    }

    @Test("a filter beside one record of many is not a record, since it would be ignored")
    func filterInElement() throws {
        for unknown in [KnownNames.Unknown.refused, .ignored] {
            let lines = RecordLines(unknown: unknown)
            for field in ["min_age", "minage", "max_age"] {
                let element = #"{"name": "Kate", "age": 25, "cookie": "d", "banner_id": 3, "\#(field)": 50}"#
                let line = String(decoding: try lines.line(.whole(Array(element.utf8))), as: UTF8.self)
                let reason =
                    field == "minage" ? "The field minage is not known." : "min_age and max_age belong in the query"
                #expect(line.hasPrefix("\"\(reason)"))
            }
        }
    }

    @Test(
        "an element that is not a record says why, in a line of two fields",
        arguments: [
            (#"{"name": "K", "name": "L", "age": 25, "cookie": "d", "banner_id": 3}"#, "A field is given twice."),
            (#"{"name": "K", "age": 25, "cookie": "d", "banner_id": 3, "vip": true}"#, "The field vip is not known."),
            (#"{"name": "K\nL", "age": 25, "cookie": "d", "banner_id": 3}"#, "a field contains a line break"),
            ("[1,\n2]", "not an object with the texts name and cookie and the whole numbers age and banner_id"),
        ])
    func malformed(element: String, reason: String) throws {
        let line = try RecordLines(unknown: .refused).line(.whole(Array(element.utf8)))
        let shown = element.replacing("\n", with: " ").replacing("\"", with: "\"\"")
        #expect(String(decoding: line, as: UTF8.self) == "\"\(reason)\",\"\(shown)\"\n")
    }

    @Test("a body without anything is refused, and says what it should hold")
    func empty() async throws {
        try await TestListener.with { listener async throws in
            let reply = try await listener.request(
                "POST", "/send_record", headers: [("Content-Type", "application/x-ndjson")], body: "")
            #expect(reply.status == 400)
            #expect(reply.message == "The body is empty. Send one record per line.")
        }
    }

    @Test("a large array is taken in a piece at a time")
    func large() async throws {
        let service = FakeDeliveryService()
        try await TestListener.with(service, limits: .patient) { listener async throws in
            let body = "[" + Array(repeating: Self.three[0], count: 5000).joined(separator: ",\n") + "]"
            let reply = try await listener.submit(body)
            #expect(reply.status == 202)
            #expect(service.state.withLock { $0.contents.first?.split(separator: "\n").count } == 5000)
        }
    }
}
