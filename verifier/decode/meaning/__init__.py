"""What well-known functions do, one protocol a file: a sentence, effects, and the calls inside, from arguments alone.

A meaning is of a selector and not of a contract: what stands at the address may do something else under the same name.
"""
