import Foundation

/// What the operating system says of this process; `nil` where it doesn't.
struct ProcessFigures {
    var residentBytes: Int?
    var cpuSeconds: Double
    var openDescriptors: Int?
    /// How many there may be.
    var maximumDescriptors: Int?
    var startTime: Double?

    static func read() -> ProcessFigures {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return ProcessFigures(
            residentBytes: residentBytes(), cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            openDescriptors: try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count,
            maximumDescriptors: maximumDescriptors(), startTime: start)
    }

    private static func maximumDescriptors() -> Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }

    private static func residentBytes() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// Seconds since 1970.
    private static let start: Double? = {
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let system = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
            // The command's name, in parentheses, may hold spaces.
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[end...].split(separator: " ")
        let boot = system.split(separator: "\n").first { $0.hasPrefix("btime ") }
        guard fields.count > 20, let ticks = Double(fields[20]), let boot, let booted = Double(boot.dropFirst(6))
        else { return nil }
        return booted + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()
}
