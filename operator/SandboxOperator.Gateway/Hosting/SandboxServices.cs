using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Options;
using SandboxOperator.Sandboxes;
using SandboxOperator.Sandboxes.Kubernetes;
using SandboxOperator.Sandboxes.Local;

namespace SandboxOperator.Gateway.Hosting;

internal static class SandboxServices
{
    private const string BackendSetting = LocalSandboxOptions.Section + ":Backend";

    /// <summary>The sandboxes that the setting <c>Sandbox:Backend</c> names: <c>local</c>, <c>kubernetes</c> or <c>none</c>.</summary>
    /// <exception cref="OptionsValidationException">It names another one.</exception>
    public static IServiceCollection AddSandboxes(this IServiceCollection services, IConfiguration configuration)
    {
        switch (configuration[BackendSetting])
        {
            case "none":
                services.TryAddSingleton<ISandboxes, NoSandboxes>();
                return services;
            case null or "" or "local":
                var data = configuration.GetSection(DataOptions.Section).Get<DataOptions>() ?? new DataOptions();
                return services.AddLocalSandboxes(local =>
                {
                    local.DataDirectory = Path.GetFullPath(data.Directory);
                    configuration.GetSection(LocalSandboxOptions.Section).Bind(local);
                });
            case "kubernetes":
                return services.AddKubernetesSandboxes(kubernetes =>
                    configuration.GetSection(KubernetesSandboxOptions.Section).Bind(kubernetes)
                );
            case var other:
                throw new OptionsValidationException(
                    BackendSetting,
                    typeof(LocalSandboxOptions),
                    [$"{BackendSetting} must be 'local', 'kubernetes' or 'none', not '{other}'."]
                );
        }
    }
}
