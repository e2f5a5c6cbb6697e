import ArgumentParser
import TerminalUI

/// What a profile of the configuration file says about itself.
struct ProfileSettings: Hashable, Sendable {
    var shown: Profile
    /// Settings that count from the start of the program on, and can't be switched to.
    var fixed: [SettingName]

    /// - Parameter place: how the profile is named in an error.
    init(_ name: String, _ profile: ConfigurationFile.Profile, place: String) throws {
        shown = Profile(name: name, address: profile.text(.apiURL))
        if let text = profile.text(.production) {
            guard let flag = Bool(text.lowercased()) else {
                throw ValidationError("\(place): production: “\(text)” is neither true nor false.")
            }
            shown.isProduction = flag
        }
        if let text = profile.text(.color) {
            guard let color = Profile.Color(rawValue: text.lowercased()) else {
                let known = Profile.Color.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("\(place): color: “\(text)” is not one of \(known).")
            }
            shown.color = color
        }
        fixed = SettingName.allCases.filter { profile.holds($0) && !$0.isSwitchable }
    }
}
