using System.Diagnostics;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Deliver;

/// <summary>The native program, as the hook of the agent's container runs it.</summary>
[Trait("Category", "Slow")]
public sealed class DeliverCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("deliver-");

    private string From => Path.Combine(_folder.FullName, "from");

    private string To => Path.Combine(_folder.FullName, "to");

    public DeliverCommandTests()
    {
        Directory.CreateDirectory(Path.Combine(From, "inner"));
        Directory.CreateDirectory(To);
        File.WriteAllText(Path.Combine(From, "program"), "#!");
        File.SetUnixFileMode(
            Path.Combine(From, "program"),
            UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute
        );
        File.WriteAllText(Path.Combine(From, "inner", "kernel.py"), "pass");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_copies_programs_with_their_modes()
    {
        await DeliverAsync();

        (File.GetUnixFileMode(Path.Combine(To, "program")) & UnixFileMode.OtherExecute).ShouldNotBe(UnixFileMode.None);
        (await File.ReadAllTextAsync(Path.Combine(To, "inner", "kernel.py"))).ShouldBe("pass");
        Directory.GetFiles(To).ShouldBe([Path.Combine(To, "program")]);
    }

    [Fact]
    public async Task Again_it_replaces_programs_that_run_and_leaves_nothing_else()
    {
        await DeliverAsync();
        File.Copy("/bin/cat", Path.Combine(From, "cat"));
        await DeliverAsync();
        using var running = Process.Start(
            new ProcessStartInfo(Path.Combine(To, "cat")) { RedirectStandardInput = true, UseShellExecute = false }
        )!;

        await DeliverAsync();

        running.HasExited.ShouldBeFalse();
        running.StandardInput.Close();
        await running.WaitForExitAsync(TestContext.Current.CancellationToken);
        Directory.GetFiles(To).Select(Path.GetFileName).ShouldBe(["cat", "program"], ignoreOrder: true);
    }

    [Fact]
    public async Task What_cannot_be_copied_ends_it_with_the_reason()
    {
        Directory.Delete(From, recursive: true);

        var (code, errors) = await AgentProcess.RunAsync("deliver", "--from", From, "--to", To);

        code.ShouldBe(1);
        errors.ShouldContain(From);
    }

    private async Task DeliverAsync()
    {
        var (code, errors) = await AgentProcess.RunAsync("deliver", "--from", From, "--to", To);
        code.ShouldBe(0, errors);
    }
}
