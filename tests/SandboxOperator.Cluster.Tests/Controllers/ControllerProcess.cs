using System.Diagnostics;
using SandboxOperator.Cluster.Tests.Harness;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>The controller as a program of its own, which can be killed.</summary>
internal sealed class ControllerProcess : IDisposable
{
    private readonly Process _process;

    private ControllerProcess(Process process) => _process = process;

    /// <param name="space">The namespace of its lease.</param>
    /// <param name="settings">Further settings, such as <c>Section:Name=value</c>.</param>
    public static ControllerProcess Start(ClusterNamespace space, params string[] settings)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "sandbox-controller.dll");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "exec",
                program,
                "run",
                .. RunningController.Settings(space),
                .. settings.Select(setting => $"--{setting}"),
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var process = Process.Start(start)!;
        // Nobody reads it, but a full pipe would stop the program.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ControllerProcess(process);
    }

    /// <summary>SIGKILL: nothing is finished, nothing released.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
