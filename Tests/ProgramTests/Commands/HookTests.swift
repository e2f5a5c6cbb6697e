import Foundation
import ShowAdsSandbox
import TestSupport
import Testing

@Suite("Commands and webhooks are told how runs ended", .program, .timeLimit(.minutes(20)))
struct HookTests {
    /// A program that appends its standard input to a file.
    private static func collector(_ workspace: Workspace) throws -> (command: String, file: String) {
        let file = workspace.path + "/told"
        let script = try workspace.write("#!/bin/sh\ncat >> \(file)\nenv >> \(workspace.path)/env\n", to: "hook.sh")
        chmod(script, 0o700)
        return (script, file)
    }

    @Test("a command's end is told once, with the summary that it prints, and without the key")
    func once() async throws {
        try await withSandbox { _, url in
            let workspace = try Workspace()
            let (command, file) = try Self.collector(workspace)
            let ending = try await Program(workspace, url: url).run([
                "--headless", "--json", "--on-end", command,
                workspace.write(CustomerFile(valid: 3).text, to: "a.csv"),
                workspace.write(CustomerFile(valid: 4).text, to: "b.csv"),
            ])
            #expect(ending.status == 0, "\(ending.errors)")
            #expect(try workspace.text(of: file) == ending.output)
            #expect(try !workspace.text(of: workspace.path + "/env").contains("secret-project-key"))
        }
    }

    @Test("a source that is refused is told of as a run that failed", arguments: [false, true])
    func refused(_ isRead: Bool) async throws {
        let workspace = try Workspace()
        let (command, file) = try Self.collector(workspace)
        let text = isRead ? "name,age,cookie,banner_id\nJane Doe,x,c,1\n" : "no header\n"
        let ending = try await Program(workspace, url: "http://127.0.0.1:1").run([
            "--headless", "--json", "--max-rejected", "0", "--on-end", command, workspace.write(text),
        ])
        #expect(ending.status == 1)
        #expect(try ending.summary().state == "failed")
        #expect(try workspace.text(of: file) == ending.output)
        #expect(ending.output.contains(isRead ? #""run":1"# : #""run":null"#), "\(ending.output)")
    }

    @Test("a hook's failure is said and changes no run's end")
    func failing() async throws {
        try await withSandbox { _, url in
            let workspace = try Workspace()
            let ending = try await Program(workspace, url: url).run([
                "--headless", "--json", "--on-end", "false", workspace.write(CustomerFile(valid: 3).text),
            ])
            #expect(ending.status == 0)
            #expect(try ending.summary().state == "done")
            #expect(ending.errors.contains("--on-end false: exit status 1"), "\(ending.errors)")
        }
    }

    @Test("a service tells of each run")
    func service() async throws {
        try await withSandbox { _, url in
            let workspace = try Workspace()
            let (command, file) = try Self.collector(workspace)
            _ = try await Program(workspace, url: url).listen(["--on-end", command], on: Program.freePort()) {
                program in
                for number in 1...3 { _ = try await program.upload(CustomerFile(valid: number).text) }
                program.process.signal(SIGTERM)
            }
            let told = try workspace.text(of: file).split(separator: "\n").map { try Summary(json: String($0)) }
            #expect(told.map(\.sent).sorted() == [1, 2, 3])
        }
    }

    @Test(
        "what can't be used is a usage error",
        arguments: [
            ["--on-end", "no-such-program-anywhere"], ["--webhook", "example.com"],
            ["--webhook-secret-file", "/etc/hostname"],
            ["--webhook", "http://127.0.0.1:1/", "--webhook-secret-file", "/no/such/file"],
        ])
    func usage(_ options: [String]) async throws {
        let workspace = try Workspace()
        let file = try workspace.write(CustomerFile(valid: 1).text)
        let ending = try await Program(workspace, url: "http://127.0.0.1:1").run(["--headless", file] + options)
        #expect(ending.status == 64)
        #expect(ending.errors.contains(options[0]) || ending.errors.contains(options.last ?? ""), "\(ending.errors)")
    }
}
