import ArgumentParser
import Foundation
import Testing

@testable import ConnectorCommands

@Suite("A profile is a named set of options")
struct ProfileTests {
    private static let file = """
        {
          "concurrency": 3, "rate": 100, "project-key": "of the file",
          "profiles": {
            "spring": {"api-url": "https://spring.test", "project-key": "of spring", "rate": 200},
            "autumn": {"concurrency": 4},
            "keyless": {"api-url": "https://keyless.test"},
            "lost": {"project-key": "lost"}
          }
        }
        """
    private static let environment = ["API_URL": "https://environment.test", "PROJECT_KEY": "of the environment"]

    @Test("it comes after options and before the environment and the file's other values")
    func precedence() async throws {
        let settings = try await SettingsFixture.settings(
            options: [.profile: "spring", .rate: "300"], environment: Self.environment, file: Self.file)
        #expect(settings.profile == "spring")
        #expect(settings.apiURL == "https://spring.test" && settings.projectKey == "of spring")
        #expect(settings.rate == 300 && settings.concurrency == 3)
    }

    @Test("one without an address leaves address and key to the environment")
    func withoutAddress() async throws {
        let settings = try await SettingsFixture.settings(
            options: [.profile: "autumn"], environment: Self.environment, file: Self.file)
        #expect(settings.apiURL == "https://environment.test" && settings.projectKey == "of the environment")
        #expect(settings.rate == 100 && settings.concurrency == 4)
    }

    @Test("without one, nothing of any profile holds")
    func none() async throws {
        let settings = try await SettingsFixture.settings(environment: Self.environment, file: Self.file)
        #expect(settings.profile == nil && settings.rate == 100 && settings.apiURL == "https://environment.test")
    }

    @Test("its key is not outweighed by a key file of the file's other values")
    func keyFile() async throws {
        let file = Self.file.replacing(#""concurrency": 3"#, with: #""project-key-file": "/nonexistent/key""#)
        let settings = try await SettingsFixture.settings(options: [.profile: "spring"], file: file)
        #expect(settings.projectKey == "of spring")
    }

    @Test(
        "address and key never come from different places, and what is unknown is named",
        arguments: [
            ("keyless", ["keyless", "no key", "project-key-file"]), ("lost", ["lost", "no address", "api-url"]),
            ("winter", ["winter", "autumn, keyless, lost, spring"]),
        ])
    func wrong(name: String, parts: [String]) async throws {
        await #expect {
            _ = try await SettingsFixture.settings(
                options: [.profile: name], environment: Self.environment, file: Self.file)
        } throws: { error in
            guard let message = (error as? ValidationError)?.message else { return false }
            return parts.allSatisfy(message.contains)
        }
    }

    @Test(
        "a wrong value is said with the profile",
        arguments: [
            (#"{"profiles": {"a": {"rate": "many"}}}"#, ["profile a", "rate", "many"]),
            (#"{"profiles": {"a": {"speed": 1}}}"#, ["profile a", "speed"]),
            (#"{"profiles": {"a": {"profile": "b"}}}"#, ["profile a", "profile"]),
            (#"{"profiles": {"a": {"rate": [1]}}}"#, ["profiles", "rate"]),
            (#"{"profiles": {"a": 1}}"#, ["profiles"]), (#"{"profiles": []}"#, ["profiles"]),
            (#"{"profile": "a"}"#, ["profile"]),
        ])
    func wrongValue(file: String, parts: [String]) async throws {
        await #expect {
            _ = try await SettingsFixture.settings(options: [.profile: "a"], file: file)
        } throws: { error in
            guard let message = (error as? ValidationError)?.message else { return false }
            return parts.allSatisfy(message.contains)
        }
    }
}
