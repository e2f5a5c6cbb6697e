import Crypto
import Foundation
import NIOCore
import NIOHTTP1

/// The description of the API and the page that shows it. Both are part of the program.
enum Documentation {
    /// OpenAPI 3.1.
    static let description = ListenerResponse(
        .ok, type: "application/json", body: ByteBuffer(bytes: PackageResources.openapi_json))

    static let page: ListenerResponse = {
        let html = String(decoding: PackageResources.page_html, as: UTF8.self)
        var answer = ListenerResponse(.ok, type: "text/html; charset=utf-8", body: ByteBuffer(string: html))
        let policy = [
            "default-src 'none'", "script-src \(digest(of: "script", in: html))",
            "style-src \(digest(of: "style", in: html))", "connect-src 'self'", "img-src data:", "base-uri 'none'",
            "form-action 'none'", "frame-ancestors 'none'",
        ]
        answer.headers.add(name: "Content-Security-Policy", value: policy.joined(separator: "; "))
        answer.headers.add(name: "Referrer-Policy", value: "no-referrer")
        return answer
    }()

    /// The page's only script and style are allowed by their digest, so nothing that gets into the page can run.
    private static func digest(of element: String, in html: String) -> String {
        guard let start = html.range(of: "<\(element)>"), let end = html.range(of: "</\(element)>") else {
            return "'none'"
        }
        let content = html[start.upperBound..<end.lowerBound]
        return "'sha256-\(Data(SHA256.hash(data: Data(content.utf8))).base64EncodedString())'"
    }
}
