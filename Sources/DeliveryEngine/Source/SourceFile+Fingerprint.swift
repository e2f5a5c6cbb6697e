import CustomerRecords
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

extension SourceFile {
    enum Kind {
        case regular(size: Int)
        case directory
        /// A pipe, a terminal, a device, a file of `/proc`: how long it is shows only when it is read.
        case stream
    }

    func kind() throws(DeliveryError) -> Kind {
        let status = try status()
        return switch status.st_mode & S_IFMT {
        case S_IFREG where status.st_size > 0: .regular(size: Int(status.st_size))
        case S_IFDIR: .directory
        default: .stream
        }
    }

    /// Whether it is a file on a disk without a single byte, as far as its size says so.
    func isEmpty() throws(DeliveryError) -> Bool {
        let status = try status()
        return status.st_mode & S_IFMT == S_IFREG && status.st_size == 0
    }

    /// Whether it is a gzip file that was cut off when `known` was taken, and has got more since. Whether it is the same
    /// as far as it was read then is for the reader to compare.
    func completes(_ known: SourceFingerprint) throws(DeliveryError) -> Bool {
        guard try fingerprint().size > known.size, try fingerprint(of: known.size).digest == known.digest else {
            return false
        }
        do {
            _ = try GzipLength.of(FileSource(self, to: known.size), limit: .max)
            return false
        } catch let error as SourceFormatError {
            if case .cutOffCompression = error.code { return true }
            return false
        } catch let error as DeliveryError {
            throw error
        } catch {
            return false
        }
    }

    /// What the file is known by when a run is resumed.
    ///
    /// - Parameter length: looks at no more of the file than so many bytes.
    func fingerprint(of length: Int? = nil) throws(DeliveryError) -> SourceFingerprint {
        let status = try status()
        let size = length ?? Int(status.st_size)
        let edge = 64 * 1024
        var digest: UInt64 = 0xcbf2_9ce4_8422_2325
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: edge, alignment: 16)
        defer { buffer.deallocate() }
        for start in Set([0, max(0, size - edge)]).sorted() {
            var filled = 0
            let expected = length.map { min(edge, $0 - start) } ?? edge
            while filled < expected {
                let count = try read(
                    at: start + filled, into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<expected]))
                if count == 0 { break }
                filled += count
            }
            for byte in buffer[..<filled] { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return SourceFingerprint(size: size, modified: Self.nanoseconds(status.st_mtim), digest: digest)
    }

    /// What changes when somebody writes to the file.
    struct Stamp: Hashable, Sendable {
        var size: Int
        var modified: Int64
        var changed: Int64
    }

    func stamp() throws(DeliveryError) -> Stamp {
        let status = try status()
        return Stamp(
            size: Int(status.st_size), modified: Self.nanoseconds(status.st_mtim),
            changed: Self.nanoseconds(status.st_ctim))
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private func status() throws(DeliveryError) -> stat {
        var status = stat()
        guard fstat(rawDescriptor, &status) == 0 else {
            throw SystemFault.source(Errno(rawValue: errno), path: path, what: "can't be examined")
        }
        return status
    }
}
