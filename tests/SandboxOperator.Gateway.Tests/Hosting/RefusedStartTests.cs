using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SandboxOperator.Gateway.Hosting;

namespace SandboxOperator.Gateway.Tests.Hosting;

public sealed class RefusedStartTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("gateway-start-");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (code, printed) = await RunAsync(port.ToString(CultureInfo.InvariantCulture));

        code.ShouldBe(1, printed);
        printed.ShouldContain("The gateway cannot start: ");
        printed.ShouldContain($"127.0.0.1:{port}");
        printed.TrimEnd().ShouldEndWith("Set PORT to a free one.");
        printed.ShouldNotContain("fail:");
        printed.ShouldNotContain("   at ");
    }

    private async Task<(int Code, string Printed)> RunAsync(string port)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(5));
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(GatewayApp).Assembly.Location },
            Environment =
            {
                ["PORT"] = port,
                ["DATA_DIR"] = _data.FullName,
                ["Sandbox__Backend"] = "none",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var gateway = Process.Start(start)!;
        try
        {
            var printed = await Task.WhenAll(
                gateway.StandardOutput.ReadToEndAsync(deadline.Token),
                gateway.StandardError.ReadToEndAsync(deadline.Token)
            );
            await gateway.WaitForExitAsync(deadline.Token);
            return (gateway.ExitCode, string.Concat(printed));
        }
        finally
        {
            gateway.Kill();
        }
    }
}
