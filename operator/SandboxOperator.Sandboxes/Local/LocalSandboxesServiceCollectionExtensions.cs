using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>Registers sandboxes on this machine.</summary>
public static class LocalSandboxesServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="ISandboxes"/> for this machine, as a hosted service too. Register it before services that
    /// use it: they are stopped in reverse order.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The settings, usually the section <see cref="LocalSandboxOptions.Section"/>.</param>
    public static IServiceCollection AddLocalSandboxes(this IServiceCollection services, IConfiguration section) =>
        services.AddLocalSandboxes(section.Bind);

    /// <inheritdoc cref="AddLocalSandboxes(IServiceCollection, IConfiguration)"/>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets what differs from the defaults.</param>
    public static IServiceCollection AddLocalSandboxes(
        this IServiceCollection services,
        Action<LocalSandboxOptions> configure
    )
    {
        services.AddOptions<LocalSandboxOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<LocalSandboxOptions>, LocalSandboxOptionsValidator>()
        );
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SandboxMetrics>();
        services.TryAddSingleton<LocalSandboxes>();
        services.TryAddSingleton<ISandboxes>(provider => provider.GetRequiredService<LocalSandboxes>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<LocalSandboxes>());
        return services;
    }
}
