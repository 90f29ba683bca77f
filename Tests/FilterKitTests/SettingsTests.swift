import Testing

@testable import FilterKit

@Suite struct SettingsTests {
    private let exported = ["URL": "http://exported", "LOCATION": "EU"]

    @Test func `the file of the named environment comes before the process's environment`() throws {
        let settings = Settings(file: try EnvFile(parsing: "URL=http://prod".utf8, path: "p"), process: exported)
        #expect(settings["URL"]?.value == "http://prod")
        #expect(settings["LOCATION"]?.origin == "environment")
    }

    @Test func `an exported variable never redirects a named environment`() throws {
        let silent = Settings(file: try EnvFile(parsing: "OTHER=1".utf8, path: "p"), process: exported)
        #expect(silent.destination("URL") == nil)
        #expect(Settings(file: nil, process: exported).destination("URL")?.value == "http://exported")
    }

    @Test func `a value that cannot be parsed is named with its place`() throws {
        let settings = Settings(file: try EnvFile(parsing: "WAIT=soon".utf8, path: "prod.env"), process: [:])
        let setting = try #require(settings["WAIT"])
        let stop = try #require(throws: Stop.self) { try settings.parse(setting, Duration.init(option:)) }
        #expect(stop.status == .configuration)
        #expect(stop.reason == "prod.env:1: WAIT: \(OptionError.notADuration("soon"))")
    }
}
