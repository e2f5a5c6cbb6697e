public import DeliveryModel
import Foundation
import SystemPackage

/// Keeps a second process from delivering from the same state directory.
///
/// The kernel drops the lock when the process ends, however it ends; the file stays and only tells who held it last.
public final class StateDirectoryLock: Sendable {
    private let descriptor: FileDescriptor

    /// - Throws: `DeliveryError` of code `locked` that names the holder's process id.
    public init(_ directory: StateDirectory) throws(DeliveryError) {
        do {
            descriptor = try FileDescriptor.open(
                directory.lock, .readWrite, options: [.create, .closeOnExec, .noFollow],
                permissions: [.ownerReadWrite])
        } catch {
            throw DeliveryError(.journal, "\(directory.lock) can't be opened: \(error). Choose another --state-dir.")
        }
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(descriptor)
            try? descriptor.close()
            throw DeliveryError(
                .locked,
                "Process \(holder) already delivers from \(directory.path). End it first, or use another --state-dir.")
        }
        let identity = Array("\(getpid())\n".utf8)
        _ = try? descriptor.resize(to: 0)
        _ = try? descriptor.writeAll(toAbsoluteOffset: 0, identity)
    }

    deinit { try? descriptor.close() }

    /// Whether some process delivers from the directory now.
    public static func isHeld(_ directory: StateDirectory) -> Bool {
        guard let descriptor = try? FileDescriptor.open(directory.lock, .readOnly, options: [.closeOnExec]) else {
            return false
        }
        defer { try? descriptor.close() }
        return flock(descriptor.rawValue, LOCK_SH | LOCK_NB) != 0
    }

    private static func holder(_ descriptor: FileDescriptor) -> String {
        let text = try? String(unsafeUninitializedCapacity: 32) { buffer in
            try descriptor.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
        }
        return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }.map(String.init) ?? "(unknown)"
    }
}
