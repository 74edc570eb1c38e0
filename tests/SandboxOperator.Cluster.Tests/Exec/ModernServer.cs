using System.Collections.Concurrent;
using System.Diagnostics;
using SandboxOperator.Cluster.Tests.Harness;

namespace SandboxOperator.Cluster.Tests.Exec;

/// <summary>
/// The cluster as a server of 1.30 or newer shows it: one that speaks version 5 of the exec protocol. Before an older one
/// stands a process with the handlers of present servers; see <c>tests/cluster/modern</c>.
/// </summary>
internal sealed class ModernServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modern-server-");
    private Process? _process;

    private ModernServer() { }

    /// <summary>How to reach it.</summary>
    public string Kubeconfig { get; private set; } = TestCluster.Kubeconfig;

    /// <summary>Whether it can be ended without ending the cluster.</summary>
    public bool CanEnd => _process is not null;

    public static async Task<ModernServer> StartAsync()
    {
        var server = new ModernServer();
        if (await TestCluster.MinorAsync() < 30)
        {
            await server.StandBeforeAsync(TestCluster.Kubeconfig);
        }

        return server;
    }

    /// <summary>Ends it with all its streams, without a word.</summary>
    public async Task EndAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await EndAsync();
            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private async Task StandBeforeAsync(string kubeconfig)
    {
        var program = await ModernProgram.PathAsync();
        Kubeconfig = Path.Combine(_folder.FullName, "kubeconfig");
        var start = new ProcessStartInfo(program, ["exec", Kubeconfig, kubeconfig])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _process = Process.Start(start)!;
        var log = new ConcurrentQueue<string?>();
        _process.ErrorDataReceived += (_, line) => log.Enqueue(line.Data);
        _process.BeginErrorReadLine();
        await Eventually.TrueAsync(
            () =>
                _process.HasExited
                    ? throw new InvalidOperationException($"modern-api has ended: {string.Join('\n', log)}")
                    : Task.FromResult(File.Exists(Kubeconfig)),
            () => $"modern-api listens; it said: {string.Join('\n', log)}",
            space: null
        );
    }
}
