using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace SandboxOperator.Testing;

/// <summary>
/// The native <c>sandbox-agent</c>, built once for the sources as they are: in <c>artifacts/test-agent/</c>, in a folder
/// named by a hash of them. <c>SANDBOX_AGENT_BINARY</c> names another one to test.
/// </summary>
public static class AgentBinary
{
    private static readonly Lazy<Task<string>> Built = new(BuildAsync);

    /// <summary>Path of the program; builds it when no process has yet.</summary>
    public static Task<string> PathAsync() => Built.Value;

    private static async Task<string> BuildAsync()
    {
        if (Environment.GetEnvironmentVariable("SANDBOX_AGENT_BINARY") is { Length: > 0 } given)
        {
            return given;
        }

        var cache = Path.Combine(Checkout.Root, "artifacts", "test-agent");
        var folder = Path.Combine(cache, HashSources());
        var program = Path.Combine(folder, "sandbox-agent");
        Directory.CreateDirectory(cache);
        await using var guard = await LockAsync(Path.Combine(cache, "lock"));
        if (!File.Exists(program))
        {
            var unfinished = folder + ".new";
            await PublishAsync(unfinished);
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            Directory.Move(unfinished, folder);
        }

        return program;
    }

    private const string Project = "operator/SandboxOperator.Agent";

    private static async Task PublishAsync(string output)
    {
        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        // Restored apart: a restore for one runtime would differ from the lock files, which name all of them.
        await DotnetAsync("restore", Project);
        await DotnetAsync(
            "publish",
            Project,
            "--no-restore",
            "-c",
            "Release",
            "-r",
            $"linux-{architecture}",
            "-o",
            output,
            "-v",
            "quiet"
        );
    }

    private static async Task DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. arguments, "-nodeReuse:false"])
        {
            WorkingDirectory = Checkout.Root,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var log = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"the agent cannot be built:\n{log}");
        }
    }

    private static async Task<FileStream> LockAsync(string path)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(200, deadline.Token);
            }
        }
    }

    private static string HashSources()
    {
        string[] folders = ["operator/SandboxOperator.Agent", "operator/SandboxOperator.Api"];
        var files = folders
            .SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*", SearchOption.AllDirectories)
            )
            .Where(path => Path.GetExtension(path) is ".cs" or ".csproj")
            .Where(path => !path.Contains("/bin/", StringComparison.Ordinal))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .Append(Path.Combine(Checkout.Root, "Directory.Build.props"))
            .Append(Path.Combine(Checkout.Root, "Directory.Packages.props"))
            .Order(StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(Checkout.Root, file)));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
