import CustomerRecords
import DeliveryModel
import Foundation

/// A file that is looked into, from its beginning.
final class InspectedFile: ByteSource {
    private let file: Int32
    private(set) var size: Int
    let version: FileVersion
    private(set) var position = 0

    init(path: String) throws(DeliveryError) {
        file = open(try PathBytes.resolve(path), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0 else {
            throw DeliveryError(.source, "\(path): \(String(cString: strerror(errno)))")
        }
        size = Int(status.st_size)
        version = FileVersion(status)
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw DeliveryError(.source, "\(path) is not a regular file")
        }
    }

    deinit { if file >= 0 { close(file) } }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Foundation.read(file, buffer.baseAddress, buffer.count)
            if count >= 0 {
                position += count
                return count
            }
            guard errno == EINTR else { throw DeliveryError(.source, String(cString: strerror(errno))) }
        }
    }
}
