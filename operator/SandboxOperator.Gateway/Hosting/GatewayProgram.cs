using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Seeding;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Hosting;

/// <summary>Runs the gateway as a program.</summary>
internal static class GatewayProgram
{
    /// <returns>0 after a clean stop; 1 when it could not start, with the reason on standard error.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var app = GatewayApp.Build(args);
            // What a user may have to mend is looked at before the host starts, which would log a stack trace.
            app.Services.GetRequiredService<ApiKeys>();
            app.Services.GetRequiredService<DataDirectory>();
            app.Services.GetRequiredService<ISandboxes>();
            await app.StartAsync();
            Console.Out.Write(Welcome.Text(app.Urls.First()));
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception error)
            when (error is DataDirectoryException or SeedException or OptionsValidationException or IOException)
        {
            await Console.Error.WriteLineAsync($"The gateway cannot start: {error.Message}");
            return 1;
        }
    }
}
