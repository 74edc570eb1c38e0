using SandboxOperator.Gateway.BuiltIn;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>Sends each request to the model it names: the built-in one, or the upstream.</summary>
internal sealed class RoutingModelClient(PythonModelClient builtIn, OpenAiModelClient? upstream) : IModelClient
{
    public IAsyncEnumerable<ModelEvent> StreamAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        if (request.Model == PythonModel.Name)
        {
            return builtIn.StreamAsync(request, cancellationToken);
        }
        return upstream?.StreamAsync(request, cancellationToken)
            ?? throw new ModelException(
                ModelFailure.Refused,
                $"There is no upstream model to answer as '{request.Model}'. "
                    + "Set Upstream:BaseUrl (OPENAI_BASE_URL), or use the model builtin/python."
            );
    }
}
