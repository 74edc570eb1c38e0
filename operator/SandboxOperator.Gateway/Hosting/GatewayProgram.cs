using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Seeding;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Hosting;

/// <summary>Runs the gateway as a program.</summary>
internal static class GatewayProgram
{
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <returns>0 after a clean stop; 1 when it could not start, with the reason on standard error.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var started = false;
        try
        {
            await using var app = GatewayApp.Build(
                args,
                // What goes wrong at the start is told once, below, in words.
                builder => builder.Logging.AddFilter(Host, _ => Volatile.Read(ref started))
            );
            app.Services.GetRequiredService<ApiKeys>();
            app.Services.GetRequiredService<DataDirectory>();
            app.Services.GetRequiredService<ISandboxes>();
            await app.StartAsync();
            Volatile.Write(ref started, value: true);
            System.Console.Out.Write(Welcome.Text(app.Urls.First()));
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception error)
            when (error is DataDirectoryException or SeedException or OptionsValidationException or IOException)
        {
            var advice = error.InnerException is AddressInUseException ? " Set PORT to a free one." : "";
            await System.Console.Error.WriteLineAsync($"The gateway cannot start: {error.Message}{advice}");
            return 1;
        }
    }
}
