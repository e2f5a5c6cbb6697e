import Foundation

/// The bytes behind a path.
///
/// Names of files are bytes, and need not be UTF-8; paths are text here. What is not UTF-8 reads U+FFFD in them, so a
/// name with that character is looked up in its folder.
public enum PathBytes {
    /// The path as the system takes it, with the zero at its end.
    /// - Throws: `DeliveryError` of code `source` when several names read like a part of the path.
    public static func resolve(_ path: String) throws(DeliveryError) -> [CChar] {
        guard path.unicodeScalars.contains("\u{FFFD}") else { return Array(path.utf8CString) }
        var bytes: [CChar] = path.hasPrefix("/") ? [slash] : []
        for part in path.split(separator: "/") {
            let name =
                part.unicodeScalars.contains("\u{FFFD}") ? try find(part, in: bytes) : Array(String(part).utf8CString)
            if let last = bytes.last, last != slash { bytes.append(slash) }
            bytes += name.dropLast()
        }
        return bytes + [0]
    }

    private static let slash = CChar(bitPattern: UInt8(ascii: "/"))

    /// The name in a folder that reads like this one. Where there is none, the name itself, which isn't there either.
    private static func find(_ name: Substring, in folder: [CChar]) throws(DeliveryError) -> [CChar] {
        var found: [[CChar]] = []
        if let stream = opendir(folder.isEmpty ? [CChar(bitPattern: UInt8(ascii: ".")), 0] : folder + [0]) {
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { bytes in
                        guard String(cString: bytes).utf8.elementsEqual(name.utf8) else { return }
                        found.append(Array(UnsafeBufferPointer(start: bytes, count: strlen(bytes) + 1)))
                    }
                }
            }
        }
        guard found.count < 2 else {
            throw DeliveryError(
                .source, "\(name): \(found.count) files in this folder have names that look like this. Rename one.")
        }
        return found.first ?? Array(String(name).utf8CString)
    }
}
