using System.Diagnostics;
using SandboxOperator.Testing;
using Shouldly;
using Xunit;

namespace SandboxOperator.Repository.Tests;

public sealed class InstallBaselineTests : IDisposable
{
    private readonly string _programs = Directory.CreateTempSubdirectory("programs-").FullName;

    public void Dispose() => Directory.Delete(_programs, recursive: true);

    [Fact]
    public async Task Who_may_not_install_reads_what_to_type()
    {
        Program("dpkg-query", "exit 1");
        Program("id", "echo 1000");
        Program("apt-get", "echo 'apt-get was called' >&2; exit 7");

        var (status, error) = await RunAsync();

        status.ShouldBe(1);
        error.ShouldContain("python3-ipykernel");
        error.ShouldContain("    sudo /");
        error.ShouldNotContain("apt-get was called");
    }

    [Fact]
    public async Task What_is_there_is_not_installed()
    {
        Program("dpkg-query", "echo installed");
        Program("apt-get", "exit 7");
        (await RunAsync()).Status.ShouldBe(0);
    }

    private void Program(string name, string script)
    {
        var path = Path.Combine(_programs, name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task<(int Status, string Error)> RunAsync()
    {
        var start = new ProcessStartInfo(
            Path.Combine(Checkout.Root, "tests", "SandboxOperator.Benchmarks", "install-baseline")
        )
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["PATH"] = $"{_programs}:/usr/bin:/bin";
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, error);
    }
}
