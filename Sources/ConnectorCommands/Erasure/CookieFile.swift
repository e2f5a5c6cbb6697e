import DeliveryModel
import Foundation

/// Cookies, one a line.
enum CookieFile {
    /// - Throws: `DeliveryError` of code `source` that names the line, never the cookie.
    static func read(_ path: String) throws(DeliveryError) -> [String] {
        let data: Data?
        if path == "-" {
            data = try? FileHandle.standardInput.readToEnd() ?? Data()
        } else {
            guard FileManager.default.fileExists(atPath: path) else {
                throw DeliveryError(.source, "\(path) doesn't exist. It must contain one cookie per line.")
            }
            data = FileManager.default.contents(atPath: path)
        }
        guard let data, let text = String(data: data, encoding: .utf8) else {
            throw DeliveryError(.source, "\(path) can't be read as UTF-8 text. It must contain one cookie per line.")
        }
        return try cookies(in: text, of: path)
    }

    static func cookies(in text: String, of path: String) throws(DeliveryError) -> [String] {
        var cookies: [String] = []
        let lines = text.drop { $0 == "\u{feff}" }.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let cookie = line.trimmingCharacters(in: .whitespaces)
            // A header.
            if cookie.isEmpty || (index == 0 && cookie.lowercased() == "cookie") { continue }
            guard cookie.utf8.count <= 256, !cookie.contains(where: \.isWhitespace) else {
                throw DeliveryError(
                    .source,
                    "\(path), line \(index + 1) is not a cookie: at most 256 bytes, no white space. The file must "
                        + "contain one cookie per line.")
            }
            cookies.append(cookie)
        }
        guard !cookies.isEmpty else { throw DeliveryError(.source, "\(path) contains no cookies.") }
        return cookies
    }
}
