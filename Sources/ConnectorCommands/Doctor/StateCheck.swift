import DeliveryJournal
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// The state directory, its journal, and where unsent records go. Nothing is created or changed.
enum StateCheck {
    /// - Parameters:
    ///   - minimumFree: bytes that are kept free; `nil` is the default.
    ///   - settings: `nil` when they can't be used.
    static func findings(
        _ directory: StateDirectory, unsent: FilePath, minimumFree: Int?, _ settings: Settings?
    ) async -> [Finding] {
        var findings = [folder(directory.path, "state directory"), space(directory.path, minimumFree)]
        findings.append(await journal(directory, settings))
        if unsent != directory.unsent { findings.append(folder(unsent, "unsent records")) }
        findings.append(await holder(directory))
        return findings.compactMap(\.self)
    }

    private static func folder(_ path: FilePath, _ name: String) -> Finding {
        var status = stat()
        guard stat(path.string, &status) == 0 else {
            guard errno == ENOENT else { return .failed(name, "\(path): \(Errno(rawValue: errno))") }
            let parent = existingParent(of: path)
            guard access(parent.string, W_OK | X_OK) == 0 else {
                return .failed(name, "\(path) doesn't exist, and this user can't create it in \(parent)")
            }
            return .ok(name, "\(path) doesn't exist yet; the first delivery creates it")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return .failed(name, "\(path) is not a folder") }
        let owner = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "\(status.st_uid)"
        let mode = "0" + String(status.st_mode & 0o7777, radix: 8)
        let text = "\(path), owner \(owner), mode \(mode)"
        guard access(path.string, R_OK | W_OK | X_OK) == 0 else {
            return .failed(name, "\(text): not writable by this user")
        }
        return status.st_mode & 0o077 == 0 ? .ok(name, text) : .warning(name, "\(text): other users have access")
    }

    private static func existingParent(of path: FilePath) -> FilePath {
        var parent = path
        while access(parent.string, F_OK) != 0, parent.removeLastComponent() {}
        return parent.isEmpty ? "." : parent
    }

    private static func space(_ path: FilePath, _ minimum: Int?) -> Finding? {
        let space = FreeSpace(path: existingParent(of: path), minimum: minimum)
        guard let sizes = space.sizes else { return nil }
        let text = "\(size(UInt64(sizes.free))) free of \(size(UInt64(sizes.total))) (\(fileSystem(path)))"
        // As much as the service needs to take anything.
        return space.isShort(sizes) ? .failed("disk space", text) : .ok("disk space", text)
    }

    /// The kind of file system, by the longest mount point above.
    private static func fileSystem(_ path: FilePath) -> String {
        let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
        let place = URL(filePath: existingParent(of: path).string).resolvingSymlinksInPath().path
        var best = (point: "", kind: "unknown file system")
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2 else { continue }
            let point = String(fields[1])
            let isAbove = place == point || place.hasPrefix(point.hasSuffix("/") ? point : point + "/")
            if isAbove, point.count >= best.point.count { best = (point, String(fields[2])) }
        }
        return best.kind
    }

    private static func journal(_ directory: StateDirectory, _ settings: Settings?) async -> Finding {
        let path = directory.journal.string
        var status = stat()
        let isShared = settings?.journal.isShared == true
        guard isShared || stat(path, &status) == 0 else {
            return errno == ENOENT
                ? .ok("journal", "none yet") : .failed("journal", "\(path): \(Errno(rawValue: errno))")
        }
        guard let settings else {
            return .warning("journal", "not looked at: correct the configuration first")
        }
        do throws(DeliveryError) {
            let opened = try await OpenedJournal(settings, directory, .looking)
            defer { opened.close() }
            let newest = try await opened.store.runs(limit: 1).first
            let version = try await (opened.store as? Journal)?.schemaVersion()
            return .ok(
                "journal",
                "\(isShared ? "shared" : size(UInt64(status.st_size))), "
                    + (version.map { "version \($0), " } ?? "") + "readable, "
                    + (newest.map { "newest run \($0.id)" } ?? "no runs"))
        } catch  where error.code == .notFound {
            return .ok("journal", "shared, none yet")
        } catch {
            return .failed("journal", "\(error.message)")
        }
    }

    private static func holder(_ directory: StateDirectory) async -> Finding {
        if access(directory.lock.string, R_OK) != 0, errno != ENOENT {
            return .warning("service", "not looked at: \(directory.lock): \(Errno(rawValue: errno))")
        }
        guard StateDirectoryLock.holder(directory) != nil else {
            return .ok("service", "no process is using this state directory")
        }
        do throws(DeliveryError) {
            _ = try await ControlClient(directory)?.state(within: .seconds(3))
            return .ok("service", "a process is using this state directory")
        } catch {
            return .failed("service", error.message)
        }
    }

    /// `1.5 MiB`.
    static func size(_ bytes: some BinaryInteger) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(bytes), 0)
        while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
        return String(format: unit == 0 ? "%.0f %@" : "%.1f %@", value, units[unit])
    }
}
