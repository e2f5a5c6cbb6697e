public import DeliveryModel
import Foundation
import SystemPackage

/// Keeps a second process from delivering from the same state directory.
///
/// The kernel drops the lock when the process ends, however it ends; the file stays and only tells who held it last.
/// Whoever looks asks the kernel who holds it, and never takes it: a look must not keep a process from starting.
public final class StateDirectoryLock: Sendable {
    /// The running process.
    public struct Holder: Hashable, Sendable {
        /// Its process id.
        public var process: Int32?
        /// Its `RunOwner.instance`; `nil` for an older version.
        public var instance: String?
    }

    private let descriptor: FileDescriptor
    /// The directory itself, locked as well: it holds when somebody removes the file. `nil` where that can't be done.
    private let folder: FileDescriptor?

    /// - Throws: `DeliveryError` of code `locked` that names the holder's process id.
    public init(_ directory: StateDirectory, owner: RunOwner = .current) throws(DeliveryError) {
        do {
            descriptor = try FileDescriptor.open(
                directory.lock, .readWrite, options: [.create, .closeOnExec, .noFollow],
                permissions: [.ownerReadWrite])
        } catch {
            throw DeliveryError(
                .journal, SystemFault.words(error, path: directory.lock.string, what: "can't be opened"))
        }
        guard Self.take(descriptor) else {
            let holder = Self.text(of: descriptor).process.map(String.init) ?? "(unknown)"
            try? descriptor.close()
            throw DeliveryError(
                .locked,
                "Process \(holder) is already using \(directory.path). Stop it first, or use another --state-dir.")
        }
        let folder = try? FileDescriptor.open(directory.path, .readOnly, options: [.directory, .closeOnExec])
        if let folder, flock(folder.rawValue, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            try? folder.close()
            try? descriptor.close()
            throw DeliveryError(
                .locked,
                "Another process is already using \(directory.path), though its file `lock` is gone. Stop it first, or use "
                    + "another --state-dir.")
        }
        self.folder = folder
        let identity = Array("\(getpid())\n\(owner.instance)\n".utf8)
        _ = try? descriptor.resize(to: 0)
        _ = try? descriptor.writeAll(toAbsoluteOffset: 0, identity)
    }

    deinit {
        try? descriptor.close()
        try? folder?.close()
    }

    /// The process that is using the directory now; `nil` when there is none.
    public static func holder(_ directory: StateDirectory) -> Holder? {
        guard
            let descriptor = try? FileDescriptor.open(
                directory.lock, .readOnly, options: [.closeOnExec, .noFollow])
        else { return nil }
        defer { try? descriptor.close() }
        return isHeld(descriptor) ? text(of: descriptor) : nil
    }

    /// Both kinds of lock: older versions know the first only, and can't be asked without taking it.
    private static func take(_ descriptor: FileDescriptor) -> Bool {
        for _ in 0..<20 {
            if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 {
                var lock = wholeFile
                return fcntl(descriptor.rawValue, setLock, &lock) == 0
            }
            // Older versions take it for a moment when they look.
            if isHeld(descriptor) { return false }
            usleep(10_000)
        }
        return false
    }

    private static func isHeld(_ descriptor: FileDescriptor) -> Bool {
        var lock = wholeFile
        return fcntl(descriptor.rawValue, getLock, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
    }

    private static var wholeFile: flock {
        var lock = Foundation.flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        return lock
    }

    // Locks of an open file and not of a process, so that other descriptors of this process see them, too. Linux gives
    // them these numbers on all of its architectures.
    private static let getLock: CInt = 36
    private static let setLock: CInt = 37

    private static func text(of descriptor: FileDescriptor) -> Holder {
        let text = try? String(unsafeUninitializedCapacity: 64) { buffer in
            try descriptor.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
        }
        let lines = (text ?? "").split(separator: "\n").map(String.init)
        return Holder(process: lines.first.flatMap { Int32($0) }, instance: lines.count > 1 ? lines[1] : nil)
    }
}
