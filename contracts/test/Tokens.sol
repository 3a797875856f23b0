// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev Books of a token; how it answers a transfer is for its child to say.
abstract contract Books {
    mapping(address account => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function move(address from, address to, uint256 amount, uint256 arriving) internal {
        balanceOf[from] -= amount;
        balanceOf[to] += arriving;
    }

    function spend(address from, address to, uint256 amount, uint256 arriving) internal {
        allowance[from][msg.sender] -= amount;
        move(from, to, amount, arriving);
    }
}

/// @dev As the standard says.
contract Token is Books {
    function transfer(address to, uint256 amount) external returns (bool) {
        move(msg.sender, to, amount, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        spend(from, to, amount, amount);
        return true;
    }
}

/// @dev Answers nothing, as USDT does.
contract SilentToken is Books {
    function transfer(address to, uint256 amount) external {
        move(msg.sender, to, amount, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        spend(from, to, amount, amount);
    }
}

/// @dev Says no without reverting.
contract PoliteToken is Books {
    function transferFrom(address, address, uint256) external pure returns (bool) {
        return false;
    }
}

/// @dev Keeps a hundredth of each transfer.
contract TaxingToken is Books {
    function transfer(address to, uint256 amount) external returns (bool) {
        move(msg.sender, to, amount, amount - amount / 100);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        spend(from, to, amount, amount - amount / 100);
        return true;
    }
}

/// @dev Tells the payer before it moves anything, and the payee afterwards, as ERC-777 does.
contract CallingToken is Books {
    function transfer(address to, uint256 amount) external returns (bool) {
        move(msg.sender, to, amount, amount);
        tell(to);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        tell(from);
        spend(from, to, amount, amount);
        return true;
    }

    function tell(address account) private {
        if (account.code.length > 0) Told(account).told();
    }
}

interface Told {
    function told() external;
}
