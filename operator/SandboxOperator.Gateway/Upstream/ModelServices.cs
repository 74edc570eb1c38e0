using Microsoft.Extensions.DependencyInjection.Extensions;
using SandboxOperator.Gateway.BuiltIn;
using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.Tokens;

namespace SandboxOperator.Gateway.Upstream;

internal static class ModelServices
{
    /// <summary>The models: <see cref="IModelClient"/>, <see cref="IModelCatalog"/>, and how requests are made.</summary>
    public static IServiceCollection AddModels(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection(ModelOptions.Section).Get<ModelOptions>() ?? new ModelOptions();
        options.Check();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(ModelAliases.From(configuration));
        services.AddSingleton<ITokenCounter, TokenCounter>();
        services.AddSingleton<ConversationBuilder>();
        services.AddSingleton<UpstreamModelList>();
        services.AddSingleton<IModelCatalog, ModelCatalog>();
        services.AddHostedService<ModelWarmup>();
        services.AddSingleton<PythonModelClient>();
        if (options.HasUpstream)
        {
            services.AddSingleton<OpenAiModelClient>();
        }
        services.AddSingleton<IModelClient>(provider => new RoutingModelClient(
            provider.GetRequiredService<PythonModelClient>(),
            provider.GetService<OpenAiModelClient>()
        ));
        return services;
    }
}
