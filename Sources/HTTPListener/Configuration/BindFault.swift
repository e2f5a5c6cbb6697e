import Foundation
import NIOCore

/// Says why an address can't be listened on, and who has it if that can be known.
enum BindFault {
    static func describe(_ error: any Error, _ configuration: ListenerConfiguration) -> String {
        let place = "\(configuration.host):\(configuration.port)"
        guard let error = error as? IOError else {
            return "Can't listen on \(place): the host name can't be resolved."
        }
        switch error.errnoCode {
        case EADDRINUSE:
            let owner = listener(on: configuration.port).map { " by \($0)" } ?? ""
            return "Can't listen on \(place): the port is in use\(owner). Choose another with --listen."
        case EACCES, EPERM:
            return "Can't listen on \(place): ports below 1024 require privileges. Choose another with --listen."
        case EADDRNOTAVAIL:
            return "Can't listen on \(place): this machine has no such address."
        default:
            return "Can't listen on \(place): \(String(cString: strerror(error.errnoCode)))."
        }
    }

    /// The process that listens on a port: `name (PID n)`. Other users' processes can't be seen.
    static func listener(on port: Int) -> String? {
        let sockets = Set(["tcp", "tcp6"].flatMap { inodes(of: $0, port: port) })
        guard !sockets.isEmpty else { return nil }
        let files = FileManager.default
        for process in (try? files.contentsOfDirectory(atPath: "/proc")) ?? [] where Int(process) != nil {
            let folder = "/proc/\(process)/fd"
            for descriptor in (try? files.contentsOfDirectory(atPath: folder)) ?? [] {
                guard let target = try? files.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)"),
                    sockets.contains(target)
                else { continue }
                let name = (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)) ?? ""
                let shown = name.trimmingCharacters(in: .whitespacesAndNewlines)
                return shown.isEmpty ? "process \(process)" : "\(shown) (PID \(process))"
            }
        }
        return nil
    }

    /// What the sockets that listen on a port are called among a process' descriptors.
    private static func inodes(of table: String, port: Int) -> [String] {
        guard let text = try? String(contentsOfFile: "/proc/net/\(table)", encoding: .utf8) else { return [] }
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            // Local address, remote address, state (0A listens), …, inode.
            guard fields.count > 9, fields[3] == "0A",
                let local = fields[1].split(separator: ":").last, Int(local, radix: 16) == port
            else { return nil }
            return "socket:[\(fields[9])]"
        }
    }
}
