import DeliveryModel
import SystemPackage

/// An open file that is closed with its last user.
final class SourceFile: Sendable {
    let path: String
    private let descriptor: FileDescriptor

    /// - Throws: `DeliveryError` of code `source`, or `busy` when it can be opened later: which file, why, what to do.
    init(_ path: String) throws(DeliveryError) {
        self.path = path
        do {
            let file = FilePath(platformString: try PathBytes.resolve(path))
            descriptor = try FileDescriptor.open(file, .readOnly, options: [.closeOnExec])
        } catch let error as DeliveryError {
            throw error
        } catch {
            throw SystemFault.source(error, path: path, what: "can't be opened")
        }
    }

    deinit { try? descriptor.close() }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
        do {
            return try descriptor.read(fromAbsoluteOffset: Int64(offset), into: buffer)
        } catch {
            throw SystemFault.source(error, path: path, what: "can't be read at byte \(offset)")
        }
    }

    /// Reads on from where the last read ended; for what can be read only once.
    func readNext(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
        do {
            return try descriptor.read(into: buffer)
        } catch {
            throw SystemFault.source(error, path: path, what: "can't be read")
        }
    }

    var rawDescriptor: CInt { descriptor.rawValue }
}
