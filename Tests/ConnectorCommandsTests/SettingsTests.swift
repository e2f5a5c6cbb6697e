import ArgumentParser
import CustomerRecords
import Foundation
import SystemPackage
import Testing

@testable import ConnectorCommands

@Suite("Settings come from options, environment and file, in this order")
struct SettingsTests {
    @Test("without any, the defaults hold")
    func defaults() async throws {
        let settings = try await SettingsFixture.settings(environment: ["HOME": "/home/jane"])
        #expect(settings.apiURL == nil && settings.projectKey == nil)
        #expect(settings.reading.filter == AgeFilter(minimum: 18, maximum: nil))
        #expect(settings.concurrency == 16 && settings.reading.batchSize == 1000 && settings.attempts == 5)
        #expect(settings.rate == nil && settings.reading.delimiter == nil && settings.listen == nil)
        #expect(settings.giveUpAfter == .seconds(300))
        #expect(settings.reading.rules == RecordRules())
        #expect(settings.stateDirectory == "/home/jane/.local/state/data-connector")
        #expect(settings.unsentDirectory == "/home/jane/.local/state/data-connector/unsent")
        #expect(settings.logLevel == .warning)
    }

    @Test("an option outweighs the environment, which outweighs the file")
    func precedence() async throws {
        let file = #"{"min-age": 1, "max-age": 91, "api-url": "https://file.test", "concurrency": 3}"#
        let settings = try await SettingsFixture.settings(
            options: [.minAge: "3"], environment: ["MIN_AGE": "2", "MAX_AGE": "92"], file: file)
        #expect(settings.reading.filter == AgeFilter(minimum: 3, maximum: 92))
        #expect(settings.apiURL == "https://file.test")
        #expect(settings.concurrency == 3)
    }

    @Test("the file may hold numbers and flags as such or as text")
    func fileTypes() async throws {
        let settings = try await SettingsFixture.settings(
            file:
                #"{"batch-size": "20", "rate": 500, "ascii-names": true, "cookie-format": "uuid", "delimiter": "tab"}"#)
        #expect(settings.reading.batchSize == 20 && settings.rate == 500)
        #expect(settings.reading.rules == RecordRules(nameFormat: .ascii, cookieFormat: .uuid))
        #expect(settings.reading.delimiter == .tab)
    }

    @Test("a shared journal's node, lease and copies have no effect without one")
    func nodeAlone() async throws {
        for (name, value) in [(SettingName.node, "a"), (.lease, "15s"), (.shareLimit, "1G")] {
            await #expect {
                _ = try await SettingsFixture.settings(options: [name: value])
            } throws: {
                "\($0)".contains("--journal")
            }
        }
    }

    @Test("the address of a shared journal is refused with a password in it, and where it can't be used")
    func sharedJournal() async throws {
        await #expect {
            _ = try await SettingsFixture.settings(options: [.journal: "postgresql://user:secret@db/connector"])
        } throws: { error in
            error is ValidationError && !"\(error)".contains("secret@")
        }
    }

    @Test("how long runs are kept has a unit, or is for ever")
    func retention() async throws {
        func files(_ text: String) async throws -> Duration? {
            try await SettingsFixture.settings(options: [.watch: "/tmp", .keepFiles: text]).retention.files
        }
        #expect(try await files("30d") == .seconds(30 * 86_400))
        #expect(try await files("forever") == nil)
        await #expect(throws: ValidationError.self) { try await files("90") }
        await #expect(throws: ValidationError.self) { try await SettingsFixture.settings(options: [.keep: "90"]) }
    }

    @Test("an empty variable counts as none, zero as a value")
    func emptyAndZero() async throws {
        let settings = try await SettingsFixture.settings(environment: ["MIN_AGE": "0", "MAX_AGE": "", "API_URL": ""])
        #expect(settings.reading.filter == AgeFilter(minimum: 0, maximum: nil))
        #expect(settings.apiURL == nil)
    }

    @Test("folders follow the variables that desktops know")
    func folders() async throws {
        let settings = try await SettingsFixture.settings(
            environment: ["XDG_STATE_HOME": "/state", "FAILED_RECORDS_DIRPATH": "/recover"])
        #expect(settings.stateDirectory == "/state/data-connector")
        #expect(settings.unsentDirectory == "/recover")
        let relative = try await SettingsFixture.settings(environment: ["XDG_STATE_HOME": "state", "HOME": "/h"])
        #expect(relative.stateDirectory == "/h/.local/state/data-connector", "a relative one has no meaning")
        #expect(try await SettingsFixture.settings(environment: ["STATE_DIR": "/s"]).stateDirectory == "/s")
    }

    @Test("an unknown log level is the usual one", arguments: [("debug", LogLevel.debug), ("Loud", .warning)])
    func logLevel(_ text: String, _ level: LogLevel) async throws {
        #expect(try await SettingsFixture.settings(environment: ["LOGLEVEL": text]).logLevel == level)
    }

    @Test(
        "a wrong value is said with the place where it stands",
        arguments: [
            (["MIN_AGE": "abc"], [:], nil, ["MIN_AGE", "abc"]),
            ([:], [.batchSize: "1001"], nil, ["--batch-size", "1001", "1…1000"]),
            ([:], [.concurrency: "0"], nil, ["--concurrency"]),
            ([:], [.minAge: "30", .maxAge: "29"], nil, ["30", "29"]),
            ([:], [.giveUpAfter: "later"], nil, ["--give-up-after", "later"]),
            ([:], [.asciiNames: "perhaps"], nil, ["--ascii-names", "perhaps"]),
            ([:], [:], #"{"batch-size": "many"}"#, ["config.json", "batch-size", "many"]),
            ([:], [:], #"{"batchsize": 10}"#, ["config.json", "batchsize"]),
            ([:], [:], "{", ["config.json", "JSON"]),
            ([:], [:], "[]", ["config.json", "object"]),
            ([:], [:], #"{"min-age": [21]}"#, ["config.json", "min-age"]),
            ([:], [:], #"{"min-age": true}"#, ["config.json", "min-age", "true"]),
            ([:], [:], #"{"min-age": null}"#, ["config.json", "min-age"]),
            ([:], [.projectKeyFile: "/nonexistent/key"], nil, ["/nonexistent/key"]),
        ] as [([String: String], [SettingName: String], String?, [String])])
    func wrong(
        _ environment: [String: String], _ options: [SettingName: String], _ file: String?, _ parts: [String]
    ) async throws {
        await #expect {
            _ = try await SettingsFixture.settings(options: options, environment: environment, file: file)
        } throws: { error in
            guard let message = (error as? ValidationError)?.message else { return false }
            return parts.allSatisfy(message.contains) && !message.contains("\n")
        }
    }

    @Test("a configuration file that was asked for has to be there")
    func requiredFile() async throws {
        await #expect(throws: ValidationError.self) {
            _ = try await SettingLayers(options: [:], environment: [:], file: "/nonexistent/config.json")
        }
    }

    @Test("the key of a file outweighs that of the environment, without its line end")
    func keyFile() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "key-\(UUID().uuidString)")
        try Data("from the file \n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let settings = try await SettingsFixture.settings(
            options: [.projectKeyFile: file.path], environment: ["PROJECT_KEY": "from the environment"])
        #expect(settings.projectKey == "from the file ")
    }
}
