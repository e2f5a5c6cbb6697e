#if PostgreSQL
import CPostgreSQL
public import Foundation
public import SharedJournal

/// A PostgreSQL of the tests' own, on a socket in a temporary folder; it ends with the process that started it.
public final class TestCluster: Sendable {
    /// Started when it is asked for.
    public static let shared: TestCluster = {
        do { return try TestCluster() } catch { preconditionFailure("PostgreSQL does not start: \(error)") }
    }()

    /// The folder of its socket, which stands for its host.
    public let folder: URL

    private let orders = Pipe()

    /// Starts one, for tests that stop it.
    public init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "cluster-\(UUID().uuidString.prefix(8))")
        let script = Process()
        script.executableURL = URL(filePath: "/bin/bash")
        script.arguments = ["-c", Self.script, "cluster", folder.path]
        // Its standard input ends with this process, whatever ends it.
        script.standardInput = orders
        script.standardOutput = FileHandle.nullDevice
        try script.run()
        try awaitState("ready") { script.isRunning }
    }

    /// Ends it as a crash does.
    public func stop() throws { try order("stop", until: "stopped") }

    /// Returns when it accepts connections again.
    public func start() throws { try order("start", until: "ready") }

    private func order(_ command: String, until state: String) throws {
        try orders.fileHandleForWriting.write(contentsOf: Data((command + "\n").utf8))
        try awaitState(state) { true }
    }

    private func awaitState(_ state: String, _ isRunning: () -> Bool) throws {
        let file = folder.appending(path: state).path
        let deadline = Date().addingTimeInterval(60)
        while !FileManager.default.fileExists(atPath: file) {
            guard isRunning(), Date() < deadline else { throw CocoaError(.executableLoad) }
            usleep(20_000)
        }
    }

    /// PostgreSQL does not run as root: then it gets a user of its own.
    private static let script = #"""
        set -eu
        folder=$1
        mkdir -p "$folder"
        as=()
        if [ "$(id -u)" = 0 ]; then
            user=postgres; getent passwd postgres >/dev/null || user=nobody
            chown "$user" "$folder"; as=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups)
        fi
        bin=$(dirname "$(readlink -f "$(command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb | tail -1)")")
        cd "$folder"
        "${as[@]}" "$bin/initdb" -D "$folder/data" -U tester -A trust -E UTF8 --locale=C.UTF-8 -N >/dev/null
        start() {
            rm -f "$folder/stopped"
            "${as[@]}" "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off \
                -c max_connections=900 -c shared_buffers=64MB -c log_min_messages=fatal </dev/null >"$folder/log" 2>&1 &
            server=$!
            until [ -S "$folder/.s.PGSQL.5432" ] \
                && "$bin/psql" -h "$folder" -U tester -d postgres -c 'SELECT 1' >/dev/null 2>&1
            do kill -0 $server; sleep 0.05; done
            touch "$folder/ready"
        }
        stop() {
            rm -f "$folder/ready"
            kill -QUIT $server; wait $server || true
            touch "$folder/stopped"
        }
        trap 'kill -QUIT $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$folder"' EXIT
        start
        while read -r order; do $order; done
        """#

    /// The address of a new schema, in which nothing is.
    public func schema() throws -> JournalAddress {
        let name = "s\(UUID().uuidString.replacing("-", with: "").lowercased())"
        let place = "postgresql:///postgres?user=tester&host=\(folder.path)"
        guard let connection = PQconnectdb(place) else { throw CocoaError(.executableLoad) }
        defer { PQfinish(connection) }
        PQclear(PQexec(connection, "CREATE SCHEMA \(name)"))
        return try JournalAddress("\(place)&options=-csearch_path%3D\(name)", mayHoldPassword: false)
    }
}
#endif
