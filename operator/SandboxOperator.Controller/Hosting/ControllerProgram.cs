using k8s.Exceptions;
using Microsoft.Extensions.Options;
using SandboxOperator.Controller.Generate;
using SandboxOperator.Controller.Installation;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Controller.Hosting;

/// <summary>Runs the controller as a program.</summary>
internal static class ControllerProgram
{
    private const string Usage = """
        usage: sandbox-controller [run] [--Section:Name=value ...]
          run  follows sandbox resources; settings also come from the environment, as Section__Name
        """;

    /// <summary>Says how to use the program.</summary>
    public static async Task<int> UsageAsync()
    {
        await Console.Error.WriteLineAsync($"{Usage}\n{InstallationCommands.Usage}\n{GenerateCommand.Usage}");
        return 2;
    }

    /// <returns>0 after a clean stop; 1 when it could not start, with the reason on standard error.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var app = ControllerApp.Build(args);
            // What a user may have to mend is looked at before the host starts, which would log a stack trace.
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            app.Services.GetRequiredService<KubeConnection>();
            await app.RunAsync();
            return 0;
        }
        catch (Exception error) when (error is OptionsValidationException or KubeConfigException or IOException)
        {
            await Console.Error.WriteLineAsync($"The controller cannot start: {error.Message}");
            return 1;
        }
    }
}
