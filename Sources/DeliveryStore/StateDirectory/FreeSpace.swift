public import DeliveryModel
import Foundation
public import SystemPackage

/// Keeps room on the disk for what has to be written to get rid of what is stored: nothing new is taken below it.
public struct FreeSpace: Hashable, Sendable {
    private let path: String
    private let minimum: Int?
    private static let defaultMinimum = 256 << 20

    /// - Parameters:
    ///   - path: a folder on the file system in question.
    ///   - minimum: bytes; `nil` is 256 MiB, but at most a tenth of the file system.
    public init(path: FilePath, minimum: Int? = nil) {
        self.path = path.string
        self.minimum = minimum
    }

    /// - Throws: `busy` when there is less room than that.
    public func check() throws(DeliveryError) {
        if let shortage { throw shortage }
    }

    /// What `check` throws; `nil` when there is room.
    public var shortage: DeliveryError? {
        // What can't be asked keeps nobody from working.
        guard let sizes, isShort(sizes) else { return nil }
        return DeliveryError(
            .busy,
            "Only \(sizes.free >> 20) MiB is free on the disk of \(path); \(needed(of: sizes) >> 20) MiB must stay "
                + "free. Free up space; what was accepted is still delivered.")
    }

    private func needed(of sizes: Sizes) -> Int { minimum ?? min(Self.defaultMinimum, sizes.total / 10) }

    /// Whether `check` throws with these.
    public func isShort(_ sizes: Sizes) -> Bool { sizes.free < needed(of: sizes) }

    /// Bytes that are free; `nil` when that is unknown.
    public var free: Int? { sizes?.free }

    /// Bytes of a file system.
    public typealias Sizes = (free: Int, total: Int)

    /// `nil` when they are unknown.
    public var sizes: Sizes? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let unit = Int(status.f_frsize)
        let free = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: unit)
        let total = Int(clamping: status.f_blocks).multipliedReportingOverflow(by: unit)
        return free.overflow || total.overflow ? nil : (free.partialValue, total.partialValue)
    }
}
