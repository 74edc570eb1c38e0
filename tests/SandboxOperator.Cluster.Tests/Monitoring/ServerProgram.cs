using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SandboxOperator.Cluster.Tests.Monitoring;

/// <summary>One of our programs, run as itself, on a port that it chooses.</summary>
internal sealed partial class ServerProgram : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(2);
    private readonly DirectoryInfo _data;
    private readonly Process _process;

    private ServerProgram(DirectoryInfo data, Process process, Uri address) =>
        (_data, _process, Address) = (data, process, address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <param name="file">The program beside the tests.</param>
    /// <param name="arguments">Its arguments, given a folder that it may use.</param>
    public static async Task<ServerProgram> StartAsync(string file, Func<string, string[]> arguments)
    {
        var data = Directory.CreateTempSubdirectory("program-");
        await File.WriteAllTextAsync(Path.Combine(data.FullName, "kubeconfig"), Kubeconfig);
        var start = new ProcessStartInfo(
            "dotnet",
            ["exec", Path.Combine(AppContext.BaseDirectory, file), .. arguments(data.FullName)]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // Where it listens is a line of its log.
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        var process = Process.Start(start)!;
        var address = new TaskCompletionSource<Uri>();
        process.OutputDataReceived += (_, line) => Read(line.Data, address);
        process.ErrorDataReceived += (_, line) => Read(line.Data, address);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServerProgram(data, process, await address.Task.WaitAsync(StartDeadline));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _data.Delete(recursive: true);
    }

    private static void Read(string? line, TaskCompletionSource<Uri> address)
    {
        if (line is not null && Listening().Match(line) is { Success: true } found)
        {
            address.TrySetResult(new Uri(found.Value));
        }
    }

    /// <summary>Names an API server that is not there: a program without one still tells how it is.</summary>
    private const string Kubeconfig = """
        apiVersion: v1
        kind: Config
        current-context: nowhere
        clusters: [{ name: nowhere, cluster: { server: "http://localhost:9" } }]
        users: [{ name: nobody, user: { token: none } }]
        contexts: [{ name: nowhere, context: { cluster: nowhere, user: nobody, namespace: default } }]
        """;

    [GeneratedRegex(@"http://127\.0\.0\.1:[0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Listening();
}
