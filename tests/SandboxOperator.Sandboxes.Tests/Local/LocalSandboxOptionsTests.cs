using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SandboxOperator.Sandboxes.Local;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Local;

public sealed class LocalSandboxOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() =>
        new LocalSandboxOptionsValidator().Validate(null, new LocalSandboxOptions()).Succeeded.ShouldBeTrue();

    [Fact]
    public void A_setting_that_cannot_work_is_named()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Sandbox:MemoryBytes"] = "1000",
            ["Sandbox:IdleTimeout"] = "00:00:00",
            ["Sandbox:MaxSandboxes"] = "0",
            ["Sandbox:PythonPath"] = "/opt/python",
        };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        using var services = new ServiceCollection()
            .AddLogging()
            .AddLocalSandboxes(configuration.GetSection(LocalSandboxOptions.Section))
            .BuildServiceProvider();

        var refused = Should.Throw<OptionsValidationException>(() => services.GetRequiredService<ISandboxes>());

        foreach (var name in settings.Keys)
        {
            refused.Message.ShouldContain(name);
        }
    }

    [Fact]
    public void A_directory_too_long_for_sockets_names_its_setting() =>
        Should
            .Throw<SandboxUnavailableException>(() => Installation.CreateDirectory("/tmp/" + new string('x', 90)))
            .Message.ShouldContain("Sandbox:Directory");
}
