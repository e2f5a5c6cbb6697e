import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import HTTPListener

@Suite("The description of the API")
struct DocumentationTests {
    static func document() throws -> [String: Any] {
        let body = Documentation.description.body
        return try #require(
            try JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [String: Any])
    }

    @Test("it has exactly the routes that there are, under their operations' names")
    func routes() throws {
        let document = try Self.document()
        #expect(document["openapi"] as? String == "3.1.0")
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        let described = Set(
            paths.flatMap { path, methods in
                methods.map { "\($0.key.uppercased()) \(path) \($0.value["operationId"] ?? "")" }
            })
        let actual = Set(RouteTable.routes.map { "\($0.method.rawValue) \($0.template) \($0.endpoint.rawValue)" })
        #expect(described == actual)
        #expect(Set(RouteTable.routes.map(\.endpoint)) == Set(Endpoint.allCases))
    }

    @Test("every reference leads somewhere")
    func references() throws {
        let document = try Self.document()
        func visit(_ value: Any) throws {
            if let list = value as? [Any] { for item in list { try visit(item) } }
            guard let object = value as? [String: Any] else { return }
            if let reference = object["$ref"] as? String {
                var target: Any? = document
                for key in reference.split(separator: "/").dropFirst() {
                    target = (target as? [String: Any])?[String(key)]
                }
                #expect(target != nil, "\(reference)")
            }
            for item in object.values { try visit(item) }
        }
        try visit(document)
    }

    @Test("answers have the fields that it promises, and no others")
    func schemas() async throws {
        let document = try Self.document()
        let schemas = try #require((document["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]])
        func check(_ object: [String: Any], _ name: String) throws {
            let schema = try #require(schemas[name])
            let known = Set(try #require(schema["properties"] as? [String: Any]).keys)
            #expect(Set(object.keys).isSubset(of: known), "\(name)")
            #expect(Set(schema["required"] as? [String] ?? []).isSubset(of: Set(object.keys)), "\(name)")
        }
        try await TestListener.with(limits: .patient) { listener async throws in
            try check(try await listener.submit(PythonBehaviorTests.valid).json, "RecordOutcome")
            try check(
                try await listener.submit(PythonBehaviorTests.valid, headers: [("Prefer", "respond-async")]).json,
                "Accepted")
            try check(try await listener.upload(PythonBehaviorTests.file).json, "FileOutcome")
            try check(try await listener.request("GET", "/runs/3").json, "Run")
            try check(try await listener.request("GET", "/runs").json, "RunPage")
            try check(try await listener.request("GET", "/runs/3/failures").json, "FailurePage")
            try check(try await listener.request("GET", "/ready").json, "State")
            try check(try await listener.request("GET", "/nothing").json, "Error")
            #expect(
                try await listener.request("GET", "/swagger.json").body
                    == String(buffer: Documentation.description.body))
        }
    }

    @Test("the page asks nobody else for anything")
    func selfContained() {
        let page = String(buffer: Documentation.page.body)
        for mark in ["src=\"http", "href=\"http", "@import", "url(http"] { #expect(!page.contains(mark)) }
        #expect(
            Documentation.page.headers.first(name: "content-security-policy")?.contains("'none'; style-src 'sha256-")
                == false)
    }
}
